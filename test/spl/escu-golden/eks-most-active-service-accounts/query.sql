with search_1 as (
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "user"."username" as "user.username",
    "verb",
    "annotations"['authorization.k8s.io/decision'] as "annotations.authorization.k8s.io/decision"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
    and list_bool_or(list_transform("user"."groups", lambda member_: lower(member_) = 'system:serviceaccounts'))
    and lower("objectRef"."resource") = 'pods'
  union all
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "user"."username" as "user.username",
    "verb",
    "annotations"['authorization.k8s.io/decision'] as "annotations.authorization.k8s.io/decision"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
    and list_bool_or(list_transform("user"."groups", lambda member_: lower(member_) = 'system:serviceaccounts'))
    and lower("objectRef"."resource") = 'pods'
),
top_3_each_1 as (
  select
    "user.username",
    "verb",
    "annotations.authorization.k8s.io/decision",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from search_1
),
top_3_counts as (
  select
    "sourceIPs{}",
    "user.username",
    "verb",
    "annotations.authorization.k8s.io/decision",
    count(*) as "count"
  from top_3_each_1
  where "sourceIPs{}" is not null
    and "user.username" is not null
    and "verb" is not null
    and "annotations.authorization.k8s.io/decision" is not null
  group by "sourceIPs{}", "user.username", "verb", "annotations.authorization.k8s.io/decision"
),
top_3_ranks as (
  select
    "sourceIPs{}",
    "user.username",
    "verb",
    "annotations.authorization.k8s.io/decision",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count" desc, "sourceIPs{}", "user.username", "verb", "annotations.authorization.k8s.io/decision") as _order
  from top_3_counts
),
top_3 as (
  select *
  from top_3_ranks
  where _order <= 10
)
select
  "sourceIPs{}",
  "user.username",
  "verb",
  "annotations.authorization.k8s.io/decision",
  "count",
  "percent"
from top_3
order by _order
