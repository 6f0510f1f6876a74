with search_1 as (
  select
    "auditID",
    spl_text_at(coalesce("event", _raw), ['$.requestObject.message']) as "requestObject.message",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and coalesce("has_objects", true)
    and spl_may_name("object_keys", 'message')
    and spl_may_hold(coalesce("event", _raw), 'message')
    and (starts_with(lower(spl_text_at(coalesce("event", _raw), ['$.requestObject.message'])), 'b') or lower(spl_text_at(coalesce("event", _raw), ['$.requestObject.reason'])) = 'c')
    and spl_text_at(coalesce("event", _raw), ['$.requestObject.message']) is not null
)
select "auditID", "requestObject.message"
from search_1
order by _order desc
