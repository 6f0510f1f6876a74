with search_1 as (
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "user"."username" as "user.username",
    "userAgent",
    "verb",
    "responseStatus"."status" as "responseStatus.status",
    "requestURI",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
    and list_bool_or(list_transform("user"."groups", lambda member_: lower(member_) = 'system:serviceaccounts'))
    and lower("responseStatus"."status") = 'failure'
  union all
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "user"."username" as "user.username",
    "userAgent",
    "verb",
    "responseStatus"."status" as "responseStatus.status",
    "requestURI",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
    and list_bool_or(list_transform("user"."groups", lambda member_: lower(member_) = 'system:serviceaccounts'))
    and lower("responseStatus"."status") = 'failure'
)
select "sourceIPs{}", "user.username", "userAgent", "verb", "responseStatus.status", "requestURI"
from search_1
order by _order desc
