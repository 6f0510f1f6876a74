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
    and coalesce("has_objects", true)
    and spl_may_name("object_keys", 'message')
    and spl_may_hold(coalesce("event", _raw), 'message')
    and starts_with(lower(spl_text_at(coalesce("event", _raw), ['$.requestObject.message'])), 'pulling image')
),
search_2 as (
  select *
  from search_1
  where (contains(lower("objectRef.name"), 'splunk') or contains(lower("objectRef.name"), 'falco')) is not true
),
fillnull_3 as (
  select
    coalesce("objectRef.name", '0') as "objectRef.name",
    coalesce("objectRef.namespace", '0') as "objectRef.namespace",
    coalesce("objectRef.resource", '0') as "objectRef.resource",
    coalesce("requestReceivedTimestamp", '0') as "requestReceivedTimestamp",
    coalesce("requestURI", '0') as "requestURI",
    coalesce("responseStatus.code", '0') as "responseStatus.code",
    coalesce("sourceIPs{}", ['0']) as "sourceIPs{}",
    coalesce("stage", '0') as "stage",
    coalesce("user.groups{}", ['0']) as "user.groups{}",
    coalesce("user.uid", '0') as "user.uid",
    coalesce("user.username", '0') as "user.username",
    coalesce("userAgent", '0') as "userAgent",
    coalesce("verb", '0') as "verb"
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
  where "sourceIPs{}" is not null
    and "user.groups{}" is not null
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
