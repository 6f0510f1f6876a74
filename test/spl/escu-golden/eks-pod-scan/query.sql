with search_1 as (
  select
    epoch(_time) as _time,
    "responseStatus"."reason" as "responseStatus.reason",
    "responseStatus"."code"::varchar as "responseStatus.code",
    "userAgent",
    "verb",
    "requestURI",
    "user"."username" as "user.username",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "source"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
    and lower("user"."username") = 'system:anonymous'
    and lower("verb") = 'list'
    and lower("objectRef"."resource") = 'pods'
    and lower("requestURI") = '/api/v1/pods'
  union all
  select
    epoch(_time) as _time,
    "responseStatus"."reason" as "responseStatus.reason",
    "responseStatus"."code"::varchar as "responseStatus.code",
    "userAgent",
    "verb",
    "requestURI",
    "user"."username" as "user.username",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "source"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
    and lower("user"."username") = 'system:anonymous'
    and lower("verb") = 'list'
    and lower("objectRef"."resource") = 'pods'
    and lower("requestURI") = '/api/v1/pods'
),
stats_3_each_1 as (
  select
    _time,
    "responseStatus.reason",
    "responseStatus.code",
    "userAgent",
    "verb",
    "requestURI",
    "user.username",
    "user.groups{}",
    "source",
    unnest("sourceIPs{}") as "src_ip"
  from search_1
),
stats_3_each_2 as (
  select
    _time,
    "responseStatus.reason",
    "responseStatus.code",
    "userAgent",
    "verb",
    "requestURI",
    "user.username",
    "source",
    "src_ip",
    unnest("user.groups{}") as "user.groups{}"
  from stats_3_each_1
),
stats_3 as (
  select
    "src_ip",
    "source" as "cluster_name",
    "user.username",
    "user.groups{}",
    count(*) as "count",
    min(_time) as "firstTime",
    max(_time) as "lastTime",
    list(distinct "responseStatus.reason" order by "responseStatus.reason") filter (where "responseStatus.reason" is not null) as "values(responseStatus.reason)",
    list(distinct "responseStatus.code" order by "responseStatus.code") filter (where "responseStatus.code" is not null) as "values(responseStatus.code)",
    list(distinct "userAgent" order by "userAgent") filter (where "userAgent" is not null) as "values(userAgent)",
    list(distinct "verb" order by "verb") filter (where "verb" is not null) as "values(verb)",
    list(distinct "requestURI" order by "requestURI") filter (where "requestURI" is not null) as "values(requestURI)"
  from stats_3_each_2
  where "src_ip" is not null
    and "source" is not null
    and "user.username" is not null
    and "user.groups{}" is not null
  group by "src_ip", "source", "user.username", "user.groups{}"
),
convert_4 as (
  select
    "src_ip",
    "cluster_name",
    "user.username",
    "user.groups{}",
    "count",
    "firstTime",
    coalesce(spl_strftime("lastTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("lastTime")) as "lastTime",
    "values(responseStatus.reason)",
    "values(responseStatus.code)",
    "values(userAgent)",
    "values(verb)",
    "values(requestURI)"
  from stats_3
),
convert_5 as (
  select
    "src_ip",
    "cluster_name",
    "user.username",
    "user.groups{}",
    "count",
    coalesce(spl_strftime("firstTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("firstTime")) as "firstTime",
    "lastTime",
    "values(responseStatus.reason)",
    "values(responseStatus.code)",
    "values(userAgent)",
    "values(verb)",
    "values(requestURI)"
  from convert_4
)
select
  "src_ip",
  "cluster_name",
  "user.username",
  "user.groups{}",
  "count",
  "firstTime",
  "lastTime",
  "values(responseStatus.reason)",
  "values(responseStatus.code)",
  "values(userAgent)",
  "values(verb)",
  "values(requestURI)"
from convert_5
order by "src_ip", "cluster_name", "user.username", "user.groups{}"
