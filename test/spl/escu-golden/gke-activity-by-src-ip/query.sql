with search_1 as (
  select
    epoch(_time) as _time,
    spl_text_at(_raw, ['$."data.protoPayload.methodName"', '$."data.protoPayload".methodName', '$.data."protoPayload.methodName"', '$.data.protoPayload.methodName']) as "data.protoPayload.methodName",
    spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName']) as "data.protoPayload.resourceName",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "data.protoPayload.authenticationInfo.principalEmail",
    spl_text_at(_raw, ['$."data.protoPayload.status.message"', '$."data.protoPayload.status".message', '$."data.protoPayload"."status.message"', '$."data.protoPayload".status.message', '$.data."protoPayload.status.message"', '$.data."protoPayload.status".message', '$.data.protoPayload."status.message"', '$.data.protoPayload.status.message']) as "data.protoPayload.status.message",
    spl_text_at(_raw, ['$."data.resource.labels.cluster_name"', '$."data.resource.labels".cluster_name', '$."data.resource"."labels.cluster_name"', '$."data.resource".labels.cluster_name', '$.data."resource.labels.cluster_name"', '$.data."resource.labels".cluster_name', '$.data.resource."labels.cluster_name"', '$.data.resource.labels.cluster_name']) as "data.resource.labels.cluster_name",
    spl_text_at(_raw, ['$."data.resource.type"', '$."data.resource".type', '$.data."resource.type"', '$.data.resource.type']) as "data.resource.type",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "data.protoPayload.requestMetadata.callerIp"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'gke'
  union all
  select
    epoch(_time) as _time,
    spl_text_at(_raw, ['$."data.protoPayload.methodName"', '$."data.protoPayload".methodName', '$.data."protoPayload.methodName"', '$.data.protoPayload.methodName']) as "data.protoPayload.methodName",
    spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName']) as "data.protoPayload.resourceName",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "data.protoPayload.authenticationInfo.principalEmail",
    spl_text_at(_raw, ['$."data.protoPayload.status.message"', '$."data.protoPayload.status".message', '$."data.protoPayload"."status.message"', '$."data.protoPayload".status.message', '$.data."protoPayload.status.message"', '$.data."protoPayload.status".message', '$.data.protoPayload."status.message"', '$.data.protoPayload.status.message']) as "data.protoPayload.status.message",
    spl_text_at(_raw, ['$."data.resource.labels.cluster_name"', '$."data.resource.labels".cluster_name', '$."data.resource"."labels.cluster_name"', '$."data.resource".labels.cluster_name', '$.data."resource.labels.cluster_name"', '$.data."resource.labels".cluster_name', '$.data.resource."labels.cluster_name"', '$.data.resource.labels.cluster_name']) as "data.resource.labels.cluster_name",
    spl_text_at(_raw, ['$."data.resource.type"', '$."data.resource".type', '$.data."resource.type"', '$.data.resource.type']) as "data.resource.type",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "data.protoPayload.requestMetadata.callerIp"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'google:gcp:pubsub:message'
    and ("cloud" = 'gke') is not true
),
search_3 as (
  select *
  from search_1
  where lower("data.protoPayload.requestMetadata.callerIp") = '203.0.113.9'
),
stats_4 as (
  select
    "data.protoPayload.requestMetadata.callerIp" as "src_ip",
    "data.resource.labels.cluster_name",
    "data.resource.type",
    count(*) as "count",
    min(_time) as "firstTime",
    max(_time) as "lastTime",
    list(distinct "data.protoPayload.methodName" order by "data.protoPayload.methodName") filter (where "data.protoPayload.methodName" is not null) as "method_names",
    list(distinct "data.protoPayload.resourceName" order by "data.protoPayload.resourceName") filter (where "data.protoPayload.resourceName" is not null) as "resource_name",
    list(distinct "data.protoPayload.requestMetadata.callerSuppliedUserAgent" order by "data.protoPayload.requestMetadata.callerSuppliedUserAgent") filter (where "data.protoPayload.requestMetadata.callerSuppliedUserAgent" is not null) as "http_user_agent",
    list(distinct "data.protoPayload.authenticationInfo.principalEmail" order by "data.protoPayload.authenticationInfo.principalEmail") filter (where "data.protoPayload.authenticationInfo.principalEmail" is not null) as user_1,
    list(distinct "data.protoPayload.status.message" order by "data.protoPayload.status.message") filter (where "data.protoPayload.status.message" is not null) as "values(data.protoPayload.status.message)"
  from search_3
  where "data.protoPayload.requestMetadata.callerIp" is not null
    and "data.resource.labels.cluster_name" is not null
    and "data.resource.type" is not null
  group by
    "data.protoPayload.requestMetadata.callerIp",
    "data.resource.labels.cluster_name",
    "data.resource.type"
)
select
  "src_ip",
  "data.resource.labels.cluster_name",
  "data.resource.type",
  "count",
  "firstTime",
  "lastTime",
  "method_names",
  "resource_name",
  "http_user_agent",
  user_1 as "user",
  "values(data.protoPayload.status.message)"
from stats_4
order by "src_ip", "data.resource.labels.cluster_name", "data.resource.type"
