with search_1 as (
  select
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    spl_text_at(coalesce("event", _raw), ['$.kind']) as "kind",
    "objectRef"."name" as "objectRef.name",
    "objectRef"."namespace" as "objectRef.namespace",
    "objectRef"."resource" as "objectRef.resource",
    spl_text_at(coalesce("event", _raw), ['$.requestObject.kind']) as "requestObject.kind",
    "responseStatus"."code"::varchar as "responseStatus.code",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "stage",
    "user"."username" as "user.username",
    "userAgent",
    "verb",
    spl_text_at(coalesce("event", _raw), ['$.requestObject.metadata.annotations."kubectl.kubernetes.io/last-applied-configuration"']) as "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and coalesce("has_objects", true)
    and spl_may_name("object_keys", 'last-applied-configuration')
    and spl_may_hold(coalesce("event", _raw), 'last-applied-configuration')
    and lower("objectRef"."resource") = 'pods'
    and (lower("verb") = 'create' or lower("verb") = 'update')
    and contains(lower(spl_text_at(coalesce("event", _raw), ['$.requestObject.metadata.annotations."kubectl.kubernetes.io/last-applied-configuration"'])), '"privileged":true')
),
fillnull_2 as (
  select
    coalesce("user.groups{}", ['0']) as "user.groups{}",
    case when count("kind") over () > 0 then coalesce("kind", '0') end as "kind",
    coalesce("objectRef.name", '0') as "objectRef.name",
    coalesce("objectRef.namespace", '0') as "objectRef.namespace",
    coalesce("objectRef.resource", '0') as "objectRef.resource",
    case when count("requestObject.kind") over () > 0 then coalesce("requestObject.kind", '0') end as "requestObject.kind",
    coalesce("responseStatus.code", '0') as "responseStatus.code",
    coalesce("sourceIPs{}", ['0']) as "sourceIPs{}",
    coalesce("stage", '0') as "stage",
    coalesce("user.username", '0') as "user.username",
    coalesce("userAgent", '0') as "userAgent",
    coalesce("verb", '0') as "verb",
    case when count("requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration") over () > 0 then coalesce("requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration", '0') end as "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"
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
    "responseStatus.code",
    "stage",
    "user.username",
    "userAgent",
    "verb",
    "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
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
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.username",
    "userAgent",
    "verb",
    "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
    count(*) as "count",
    nullif(list_sort(list_distinct(flatten(list("user.groups{}") filter (where "user.groups{}" is not null)))), []::varchar[]) as "user_groups"
  from stats_3_each_1
  where "kind" is not null
    and "requestObject.kind" is not null
    and "sourceIPs{}" is not null
    and "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration" is not null
  group by
    "kind",
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestObject.kind",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.username",
    "userAgent",
    "verb",
    "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"
)
select
  "kind",
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestObject.kind",
  "responseStatus.code",
  "sourceIPs{}" as "src_ip",
  "stage",
  "user.username" as "user",
  "userAgent",
  "verb",
  "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
  "count",
  "user_groups"
from stats_3
order by
  "kind",
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestObject.kind",
  "responseStatus.code",
  "sourceIPs{}",
  "stage",
  "user.username",
  "userAgent",
  "verb",
  "requestObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"
