with search_1 as (
  select
    "objectRef"."name" as "objectRef.name",
    "objectRef"."namespace" as "objectRef.namespace",
    "objectRef"."resource" as "objectRef.resource",
    spl_text_at(coalesce("event", _raw), ['$.requestReceivedTimestamp']) as "requestReceivedTimestamp",
    "requestURI",
    "responseStatus"."code"::varchar as "responseStatus.code",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "stage",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    "user"."uid" as "user.uid",
    "user"."username" as "user.username",
    "userAgent",
    "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("objectRef"."resource") = 'secrets'
    and lower("verb") = 'get'
),
search_2 as (
  select *
  from search_1
  where (lower("userAgent") = 'helm/3.13.2') is not true
),
fillnull_3 as (
  select
    case when count("objectRef.name") over () > 0 then coalesce("objectRef.name", '0') end as "objectRef.name",
    case when count("objectRef.namespace") over () > 0 then coalesce("objectRef.namespace", '0') end as "objectRef.namespace",
    case when count("objectRef.resource") over () > 0 then coalesce("objectRef.resource", '0') end as "objectRef.resource",
    case when count("requestReceivedTimestamp") over () > 0 then coalesce("requestReceivedTimestamp", '0') end as "requestReceivedTimestamp",
    case when count("requestURI") over () > 0 then coalesce("requestURI", '0') end as "requestURI",
    case when count("responseStatus.code") over () > 0 then coalesce("responseStatus.code", '0') end as "responseStatus.code",
    case when count("sourceIPs{}") over () > 0 then coalesce("sourceIPs{}", ['0']) end as "sourceIPs{}",
    case when count("stage") over () > 0 then coalesce("stage", '0') end as "stage",
    case when count("user.groups{}") over () > 0 then coalesce("user.groups{}", ['0']) end as "user.groups{}",
    case when count("user.uid") over () > 0 then coalesce("user.uid", '0') end as "user.uid",
    case when count("user.username") over () > 0 then coalesce("user.username", '0') end as "user.username",
    case when count("userAgent") over () > 0 then coalesce("userAgent", '0') end as "userAgent",
    case when count("verb") over () > 0 then coalesce("verb", '0') end as "verb"
  from search_2
),
stats_4_each_1 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "stage",
    "user.groups{}",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from fillnull_3
),
stats_4_each_2 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "stage",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "sourceIPs{}",
    unnest("user.groups{}") as "user.groups{}"
  from stats_4_each_1
),
stats_4 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.groups{}",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    count(*) as "count"
  from stats_4_each_2
  where "objectRef.name" is not null
    and "objectRef.namespace" is not null
    and "objectRef.resource" is not null
    and "requestReceivedTimestamp" is not null
    and "requestURI" is not null
    and "responseStatus.code" is not null
    and "sourceIPs{}" is not null
    and "stage" is not null
    and "user.groups{}" is not null
    and "user.uid" is not null
    and "user.username" is not null
    and "userAgent" is not null
    and "verb" is not null
  group by
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.groups{}",
    "user.uid",
    "user.username",
    "userAgent",
    "verb"
)
select
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestReceivedTimestamp",
  "requestURI",
  "responseStatus.code",
  "sourceIPs{}" as "src_ip",
  "stage",
  "user.groups{}",
  "user.uid",
  "user.username" as "user",
  "userAgent",
  "verb",
  "count"
from stats_4
order by
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestReceivedTimestamp",
  "requestURI",
  "responseStatus.code",
  "sourceIPs{}",
  "stage",
  "user.groups{}",
  "user.uid",
  "user.username",
  "userAgent",
  "verb"
