with search_1 as (
  select
    nullif("sourceIPs", []::varchar[]) as "src_ip",
    "user"."username" as "src_user",
    "verb",
    "userAgent",
    "requestURI"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
    and starts_with(lower("userAgent"), 'kubectl')
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '127.0.0.1'))
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '::1'))
    and lower("user"."username") = 'system:anonymous'
  union all
  select
    nullif("sourceIPs", []::varchar[]) as "src_ip",
    "user"."username" as "src_user",
    "verb",
    "userAgent",
    "requestURI"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
    and starts_with(lower("userAgent"), 'kubectl')
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '127.0.0.1'))
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '::1'))
    and lower("user"."username") = 'system:anonymous'
),
stats_3_each_1 as (
  select "src_user", "verb", "userAgent", "requestURI", unnest("src_ip") as "src_ip"
  from search_1
),
stats_3 as (
  select "src_ip", "src_user", "verb", "userAgent", "requestURI", count(*) as "count"
  from stats_3_each_1
  where "src_ip" is not null
    and "src_user" is not null
    and "verb" is not null
    and "userAgent" is not null
    and "requestURI" is not null
  group by "src_ip", "src_user", "verb", "userAgent", "requestURI"
)
select "src_ip", "src_user", "verb", "userAgent", "requestURI", "count"
from stats_3
order by "src_ip", "src_user", "verb", "userAgent", "requestURI"
