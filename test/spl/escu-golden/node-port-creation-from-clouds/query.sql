with search_1 as (
  select
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    spl_text_at(coalesce("event", _raw), ['$.kind']) as "kind",
    "objectRef"."name" as "objectRef.name",
    "objectRef"."namespace" as "objectRef.namespace",
    "objectRef"."resource" as "objectRef.resource",
    spl_text_at(coalesce("event", _raw), ['$.requestObject.kind']) as "requestObject.kind",
    spl_text_at(coalesce("event", _raw), ['$.requestObject."spec.type"', '$.requestObject.spec.type']) as "requestObject.spec.type",
    "responseStatus"."code"::varchar as "responseStatus.code",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "stage",
    "user"."username" as "user.username",
    "userAgent",
    "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and coalesce("has_objects", true)
    and spl_may_name("object_keys", 'type')
    and spl_may_hold(coalesce("event", _raw), 'type')
    and lower("objectRef"."resource") = 'services'
    and lower("verb") = 'create'
    and lower(spl_text_at(coalesce("event", _raw), ['$.requestObject."spec.type"', '$.requestObject.spec.type'])) = 'nodeport'
),
fillnull_2 as (
  select
    coalesce("user.groups{}", ['0']) as "user.groups{}",
    case when count("kind") over () > 0 then coalesce("kind", '0') end as "kind",
    coalesce("objectRef.name", '0') as "objectRef.name",
    coalesce("objectRef.namespace", '0') as "objectRef.namespace",
    coalesce("objectRef.resource", '0') as "objectRef.resource",
    case when count("requestObject.kind") over () > 0 then coalesce("requestObject.kind", '0') end as "requestObject.kind",
    case when count("requestObject.spec.type") over () > 0 then coalesce("requestObject.spec.type", '0') end as "requestObject.spec.type",
    coalesce("responseStatus.code", '0') as "responseStatus.code",
    coalesce("sourceIPs{}", ['0']) as "sourceIPs{}",
    coalesce("stage", '0') as "stage",
    coalesce("user.username", '0') as "user.username",
    coalesce("userAgent", '0') as "userAgent",
    coalesce("verb", '0') as "verb"
  from search_1
),
stats_3_each_1 as (
  select
    "user.groups{}",
    "kind",
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestObject.kind",
    "requestObject.spec.type",
    "responseStatus.code",
    "stage",
    "user.username",
    "userAgent",
    "verb",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from fillnull_2
),
stats_3 as (
  select
    "kind",
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestObject.kind",
    "requestObject.spec.type",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.username",
    "userAgent",
    "verb",
    count(*) as "count",
    nullif(list_sort(list_distinct(flatten(list("user.groups{}") filter (where "user.groups{}" is not null)))), []::varchar[]) as "user_groups"
  from stats_3_each_1
  where "kind" is not null
    and "requestObject.kind" is not null
    and "requestObject.spec.type" is not null
    and "sourceIPs{}" is not null
  group by
    "kind",
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestObject.kind",
    "requestObject.spec.type",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.username",
    "userAgent",
    "verb"
)
select
  "kind",
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestObject.kind",
  "requestObject.spec.type",
  "responseStatus.code",
  "sourceIPs{}" as "src_ip",
  "stage",
  "user.username" as "user",
  "userAgent",
  "verb",
  "count",
  "user_groups"
from stats_3
order by
  "kind",
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestObject.kind",
  "requestObject.spec.type",
  "responseStatus.code",
  "sourceIPs{}",
  "stage",
  "user.username",
  "userAgent",
  "verb"
