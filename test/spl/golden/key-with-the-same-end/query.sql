with search_1 as (
  select
    "auditID",
    spl_text_at(coalesce("event", _raw), ['$.requestObject."data.app.conf"', '$.requestObject."data.app".conf', '$.requestObject.data."app.conf"', '$.requestObject.data.app.conf']) as "requestObject.data.app.conf",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and coalesce("has_objects", true)
    and spl_may_name("object_keys", 'conf')
    and spl_may_hold(coalesce("event", _raw), 'conf')
    and starts_with(lower(spl_text_at(coalesce("event", _raw), ['$.requestObject."data.app.conf"', '$.requestObject."data.app".conf', '$.requestObject.data."app.conf"', '$.requestObject.data.app.conf'])), 'b')
)
select "auditID", "requestObject.data.app.conf"
from search_1
order by _order desc
