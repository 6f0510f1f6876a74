with search_1 as (
  select
    "auditID",
    spl_text_at(coalesce("event", _raw), ['$.kind']) as "kind",
    spl_text_at(coalesce("event", _raw), ['$.requestObject.kind']) as "requestObject.kind",
    spl_text_at(coalesce("event", _raw), ['$.requestObject.metadata.labels."app.kubernetes.io/name"']) as "requestObject.metadata.labels.app.kubernetes.io/name",
    spl_text_at(coalesce("event", _raw), ['$.requestObject."data.tls.crt"', '$.requestObject."data.tls".crt', '$.requestObject.data."tls.crt"', '$.requestObject.data.tls.crt']) as "requestObject.data.tls.crt",
    coalesce(spl_text_at(coalesce("event", _raw), ['$.team']), spl_text_at("attributes", ['$.team']), spl_text_at("resource", ['$.team'])) as "team",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
)
select
  "auditID",
  "kind",
  "requestObject.kind",
  "requestObject.metadata.labels.app.kubernetes.io/name",
  "requestObject.data.tls.crt",
  "team"
from search_1
order by _order desc
