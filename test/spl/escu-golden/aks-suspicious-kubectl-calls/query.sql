with search_1 as (
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$.userAgent']) as "userAgent",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."objectRef.resource"', '$.objectRef.resource']) as "objectRef.resource",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_text_at(_raw, ['$.requestURI']) as "requestURI",
    spl_text_at(_raw, ['$."responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl".kubernetes."io/last-applied-configuration"', '$."responseObject.metadata.annotations"."kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations"."kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata.annotations".kubectl."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations".kubectl.kubernetes."io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl".kubernetes."io/last-applied-configuration"', '$."responseObject.metadata".annotations."kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata".annotations."kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata".annotations.kubectl."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata".annotations.kubectl.kubernetes."io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl".kubernetes."io/last-applied-configuration"', '$.responseObject."metadata.annotations"."kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations"."kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject."metadata.annotations".kubectl."kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations".kubectl.kubernetes."io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl".kubernetes."io/last-applied-configuration"', '$.responseObject.metadata.annotations."kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject.metadata.annotations."kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject.metadata.annotations.kubectl."kubernetes.io/last-applied-configuration"', '$.responseObject.metadata.annotations.kubectl.kubernetes."io/last-applied-configuration"']) as "responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'aks'
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
  union all
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$.userAgent']) as "userAgent",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."objectRef.resource"', '$.objectRef.resource']) as "objectRef.resource",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_text_at(_raw, ['$.requestURI']) as "requestURI",
    spl_text_at(_raw, ['$."responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl".kubernetes."io/last-applied-configuration"', '$."responseObject.metadata.annotations"."kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations"."kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata.annotations".kubectl."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations".kubectl.kubernetes."io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl".kubernetes."io/last-applied-configuration"', '$."responseObject.metadata".annotations."kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata".annotations."kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata".annotations.kubectl."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata".annotations.kubectl.kubernetes."io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl".kubernetes."io/last-applied-configuration"', '$.responseObject."metadata.annotations"."kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations"."kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject."metadata.annotations".kubectl."kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations".kubectl.kubernetes."io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl".kubernetes."io/last-applied-configuration"', '$.responseObject.metadata.annotations."kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject.metadata.annotations."kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject.metadata.annotations.kubectl."kubernetes.io/last-applied-configuration"', '$.responseObject.metadata.annotations.kubectl.kubernetes."io/last-applied-configuration"']) as "responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration",
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
    nullif(list_concat("sourceIPs{}", spl_list_at("properties.log", ['$.sourceIPs'])), []::varchar[]) as "sourceIPs{}",
    nullif(list_concat(nullif(["verb"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.verb'])], [null]::varchar[])), []::varchar[]) as "verb",
    nullif(list_concat(nullif(["userAgent"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.userAgent'])], [null]::varchar[])), []::varchar[]) as "userAgent",
    nullif(list_concat("user.groups{}", spl_list_at("properties.log", ['$."user.groups"', '$.user.groups'])), []::varchar[]) as "user.groups{}",
    nullif(list_concat(nullif(["objectRef.resource"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.resource"', '$.objectRef.resource'])], [null]::varchar[])), []::varchar[]) as "objectRef.resource",
    nullif(list_concat(nullif(["objectRef.namespace"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.namespace"', '$.objectRef.namespace'])], [null]::varchar[])), []::varchar[]) as "objectRef.namespace",
    nullif(list_concat(nullif(["requestURI"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.requestURI'])], [null]::varchar[])), []::varchar[]) as "requestURI",
    nullif(list_concat(nullif(["responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations.kubectl".kubernetes."io/last-applied-configuration"', '$."responseObject.metadata.annotations"."kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations"."kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata.annotations".kubectl."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata.annotations".kubectl.kubernetes."io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata"."annotations.kubectl".kubernetes."io/last-applied-configuration"', '$."responseObject.metadata".annotations."kubectl.kubernetes.io/last-applied-configuration"', '$."responseObject.metadata".annotations."kubectl.kubernetes"."io/last-applied-configuration"', '$."responseObject.metadata".annotations.kubectl."kubernetes.io/last-applied-configuration"', '$."responseObject.metadata".annotations.kubectl.kubernetes."io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations.kubectl".kubernetes."io/last-applied-configuration"', '$.responseObject."metadata.annotations"."kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations"."kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject."metadata.annotations".kubectl."kubernetes.io/last-applied-configuration"', '$.responseObject."metadata.annotations".kubectl.kubernetes."io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl"."kubernetes.io/last-applied-configuration"', '$.responseObject.metadata."annotations.kubectl".kubernetes."io/last-applied-configuration"', '$.responseObject.metadata.annotations."kubectl.kubernetes.io/last-applied-configuration"', '$.responseObject.metadata.annotations."kubectl.kubernetes"."io/last-applied-configuration"', '$.responseObject.metadata.annotations.kubectl."kubernetes.io/last-applied-configuration"', '$.responseObject.metadata.annotations.kubectl.kubernetes."io/last-applied-configuration"'])], [null]::varchar[])), []::varchar[]) as "responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"
  from search_1
),
spath_3_text as (
  select
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    case when len("responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration") = 1 then "responseObject.metadata.annotations.kubectl.kubernetes.io/last-applied-configuration"[1] end as "document"
  from spath_2
),
spath_3 as (
  select
    nullif(list_concat("sourceIPs{}", spl_list_at("document", ['$.sourceIPs'])), []::varchar[]) as "sourceIPs{}",
    nullif(list_concat("verb", nullif([spl_text_at("document", ['$.verb'])], [null]::varchar[])), []::varchar[]) as "verb",
    nullif(list_concat("userAgent", nullif([spl_text_at("document", ['$.userAgent'])], [null]::varchar[])), []::varchar[]) as "userAgent",
    nullif(list_concat("user.groups{}", spl_list_at("document", ['$."user.groups"', '$.user.groups'])), []::varchar[]) as "user.groups{}",
    nullif(list_concat("objectRef.resource", nullif([spl_text_at("document", ['$."objectRef.resource"', '$.objectRef.resource'])], [null]::varchar[])), []::varchar[]) as "objectRef.resource",
    nullif(list_concat("objectRef.namespace", nullif([spl_text_at("document", ['$."objectRef.namespace"', '$.objectRef.namespace'])], [null]::varchar[])), []::varchar[]) as "objectRef.namespace",
    nullif(list_concat("requestURI", nullif([spl_text_at("document", ['$.requestURI'])], [null]::varchar[])), []::varchar[]) as "requestURI"
  from spath_3_text
),
search_4 as (
  select *
  from spath_3
  where list_bool_or(list_transform("userAgent", lambda member_: starts_with(lower(member_), 'kubectl')))
    and list_bool_or(list_transform("sourceIPs{}", lambda member_: lower(member_) <> '127.0.0.1'))
    and list_bool_or(list_transform("sourceIPs{}", lambda member_: lower(member_) <> '::1'))
),
rare_6_each_1 as (
  select
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from search_4
),
rare_6_each_2 as (
  select
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    "sourceIPs{}",
    unnest("verb") as "verb"
  from rare_6_each_1
),
rare_6_each_3 as (
  select
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    "sourceIPs{}",
    "verb",
    unnest("userAgent") as "userAgent"
  from rare_6_each_2
),
rare_6_each_4 as (
  select
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    "sourceIPs{}",
    "verb",
    "userAgent",
    unnest("user.groups{}") as "user.groups{}"
  from rare_6_each_3
),
rare_6_each_5 as (
  select
    "objectRef.namespace",
    "requestURI",
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    unnest("objectRef.resource") as "objectRef.resource"
  from rare_6_each_4
),
rare_6_each_6 as (
  select
    "requestURI",
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    unnest("objectRef.namespace") as "objectRef.namespace"
  from rare_6_each_5
),
rare_6_each_7 as (
  select
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    unnest("requestURI") as "requestURI"
  from rare_6_each_6
),
rare_6_counts as (
  select
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    count(*) as "count"
  from rare_6_each_7
  where "sourceIPs{}" is not null
    and "verb" is not null
    and "userAgent" is not null
    and "user.groups{}" is not null
    and "objectRef.resource" is not null
    and "objectRef.namespace" is not null
    and "requestURI" is not null
  group by
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI"
),
rare_6_ranks as (
  select
    "sourceIPs{}",
    "verb",
    "userAgent",
    "user.groups{}",
    "objectRef.resource",
    "objectRef.namespace",
    "requestURI",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count", "sourceIPs{}", "verb", "userAgent", "user.groups{}", "objectRef.resource", "objectRef.namespace", "requestURI") as _order
  from rare_6_counts
),
rare_6 as (
  select *
  from rare_6_ranks
  where _order <= 10
)
select
  "sourceIPs{}",
  "verb",
  "userAgent",
  "user.groups{}",
  "objectRef.resource",
  "objectRef.namespace",
  "requestURI",
  "count",
  "percent"
from rare_6
order by _order
