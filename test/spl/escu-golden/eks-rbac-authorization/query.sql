with search_1 as (
  select
    "user"."username" as "user.username",
    "annotations"['authorization.k8s.io/reason'] as "annotations.authorization.k8s.io/reason"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
    and "annotations"['authorization.k8s.io/reason'] is not null
  union all
  select
    "user"."username" as "user.username",
    "annotations"['authorization.k8s.io/reason'] as "annotations.authorization.k8s.io/reason"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
    and "annotations"['authorization.k8s.io/reason'] is not null
),
stats_3 as (
  select "user.username", "annotations.authorization.k8s.io/reason"
  from search_1
  where "user.username" is not null
    and "annotations.authorization.k8s.io/reason" is not null
  group by "user.username", "annotations.authorization.k8s.io/reason"
),
rare_4_counts as (
  select "user.username", "annotations.authorization.k8s.io/reason", count(*) as "count"
  from stats_3
  group by "user.username", "annotations.authorization.k8s.io/reason"
),
rare_4_ranks as (
  select
    "user.username",
    "annotations.authorization.k8s.io/reason",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count", "user.username", "annotations.authorization.k8s.io/reason") as _order
  from rare_4_counts
),
rare_4 as (
  select *
  from rare_4_ranks
  where _order <= 10
)
select "user.username", "annotations.authorization.k8s.io/reason", "count", "percent"
from rare_4
order by _order
