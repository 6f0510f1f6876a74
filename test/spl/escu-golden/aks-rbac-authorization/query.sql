with search_1 as (
  select
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/reason"', '$."annotations.authorization.k8s"."io/reason"', '$."annotations.authorization"."k8s.io/reason"', '$."annotations.authorization".k8s."io/reason"', '$.annotations."authorization.k8s.io/reason"', '$.annotations."authorization.k8s"."io/reason"', '$.annotations.authorization."k8s.io/reason"', '$.annotations.authorization.k8s."io/reason"']) as "annotations.authorization.k8s.io/reason",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'aks'
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
  union all
  select
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/reason"', '$."annotations.authorization.k8s"."io/reason"', '$."annotations.authorization"."k8s.io/reason"', '$."annotations.authorization".k8s."io/reason"', '$.annotations."authorization.k8s.io/reason"', '$.annotations."authorization.k8s"."io/reason"', '$.annotations.authorization."k8s.io/reason"', '$.annotations.authorization.k8s."io/reason"']) as "annotations.authorization.k8s.io/reason",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'mscs:storage:blob:json'
    and ("cloud" = 'aks') is not true
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
),
spath_2 as (
  select
    nullif(list_concat(nullif(["user.username"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."user.username"', '$.user.username'])], [null]::varchar[])), []::varchar[]) as "user.username",
    nullif(list_concat(nullif(["annotations.authorization.k8s.io/reason"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."annotations.authorization.k8s.io/reason"', '$."annotations.authorization.k8s"."io/reason"', '$."annotations.authorization"."k8s.io/reason"', '$."annotations.authorization".k8s."io/reason"', '$.annotations."authorization.k8s.io/reason"', '$.annotations."authorization.k8s"."io/reason"', '$.annotations.authorization."k8s.io/reason"', '$.annotations.authorization.k8s."io/reason"'])], [null]::varchar[])), []::varchar[]) as "annotations.authorization.k8s.io/reason"
  from search_1
),
search_3 as (
  select *
  from spath_2
  where "annotations.authorization.k8s.io/reason" is not null
),
stats_5_each_1 as (
  select "annotations.authorization.k8s.io/reason", unnest("user.username") as "user.username"
  from search_3
),
stats_5_each_2 as (
  select
    "user.username",
    unnest("annotations.authorization.k8s.io/reason") as "annotations.authorization.k8s.io/reason"
  from stats_5_each_1
),
stats_5 as (
  select "user.username", "annotations.authorization.k8s.io/reason"
  from stats_5_each_2
  where "user.username" is not null
    and "annotations.authorization.k8s.io/reason" is not null
  group by "user.username", "annotations.authorization.k8s.io/reason"
),
rare_6_counts as (
  select "user.username", "annotations.authorization.k8s.io/reason", count(*) as "count"
  from stats_5
  group by "user.username", "annotations.authorization.k8s.io/reason"
),
rare_6_ranks as (
  select
    "user.username",
    "annotations.authorization.k8s.io/reason",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count", "user.username", "annotations.authorization.k8s.io/reason") as _order
  from rare_6_counts
),
rare_6 as (
  select *
  from rare_6_ranks
  where _order <= 10
)
select "user.username", "annotations.authorization.k8s.io/reason", "count", "percent"
from rare_6
order by _order
