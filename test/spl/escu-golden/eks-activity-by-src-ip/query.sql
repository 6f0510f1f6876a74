with search_1 as (
  select
    epoch(_time) as _time,
    "user"."username" as "user.username",
    "requestURI",
    "verb",
    "userAgent",
    "source",
    "annotations"['authorization.k8s.io/decision'] as "annotations.authorization.k8s.io/decision",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
  union all
  select
    epoch(_time) as _time,
    "user"."username" as "user.username",
    "requestURI",
    "verb",
    "userAgent",
    "source",
    "annotations"['authorization.k8s.io/decision'] as "annotations.authorization.k8s.io/decision",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
),
search_3 as (
  select *
  from search_1
  where list_bool_or(list_transform("sourceIPs{}", lambda member_: lower(member_) = '198.51.100.7'))
),
stats_4_each_1 as (
  select
    _time,
    "user.username",
    "requestURI",
    "verb",
    "userAgent",
    "source",
    "annotations.authorization.k8s.io/decision",
    unnest("sourceIPs{}") as "src_ip"
  from search_3
),
stats_4 as (
  select
    "source",
    "annotations.authorization.k8s.io/decision",
    "src_ip",
    count(*) as "count",
    min(_time) as "firstTime",
    max(_time) as "lastTime",
    list(distinct "user.username" order by "user.username") filter (where "user.username" is not null) as "values(user.username)",
    list(distinct "requestURI" order by "requestURI") filter (where "requestURI" is not null) as "values(requestURI)",
    list(distinct "verb" order by "verb") filter (where "verb" is not null) as "values(verb)",
    list(distinct "userAgent" order by "userAgent") filter (where "userAgent" is not null) as "values(userAgent)"
  from stats_4_each_1
  where "source" is not null
    and "annotations.authorization.k8s.io/decision" is not null
    and "src_ip" is not null
  group by "source", "annotations.authorization.k8s.io/decision", "src_ip"
)
select
  "source",
  "annotations.authorization.k8s.io/decision",
  "src_ip",
  "count",
  "firstTime",
  "lastTime",
  "values(user.username)",
  "values(requestURI)",
  "values(verb)",
  "values(userAgent)"
from stats_4
order by "source", "annotations.authorization.k8s.io/decision", "src_ip"
