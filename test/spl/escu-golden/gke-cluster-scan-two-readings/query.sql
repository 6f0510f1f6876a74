with search_1 as (
  select
    epoch(_time) as _time,
    spl_text_at(_raw, ['$."data.protoPayload.methodName"', '$."data.protoPayload".methodName', '$.data."protoPayload.methodName"', '$.data.protoPayload.methodName']) as "data.protoPayload.methodName",
    spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName']) as "data.protoPayload.resourceName",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
    spl_text_at(_raw, ['$."data.resource.labels.cluster_name"', '$."data.resource.labels".cluster_name', '$."data.resource"."labels.cluster_name"', '$."data.resource".labels.cluster_name', '$.data."resource.labels.cluster_name"', '$.data."resource.labels".cluster_name', '$.data.resource."labels.cluster_name"', '$.data.resource.labels.cluster_name']) as "data.resource.labels.cluster_name",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "data.protoPayload.requestMetadata.callerIp"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'gke'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp'])) <> '127.0.0.1'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp'])) <> '::1'
    and lower(spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"'])) = 'forbid'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.status.message"', '$."data.protoPayload.status".message', '$."data.protoPayload"."status.message"', '$."data.protoPayload".status.message', '$.data."protoPayload.status.message"', '$.data."protoPayload.status".message', '$.data.protoPayload."status.message"', '$.data.protoPayload.status.message'])) = 'permission_denied'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail'])) = 'system:anonymous'
  union all
  select
    epoch(_time) as _time,
    spl_text_at(_raw, ['$."data.protoPayload.methodName"', '$."data.protoPayload".methodName', '$.data."protoPayload.methodName"', '$.data.protoPayload.methodName']) as "data.protoPayload.methodName",
    spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName']) as "data.protoPayload.resourceName",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
    spl_text_at(_raw, ['$."data.resource.labels.cluster_name"', '$."data.resource.labels".cluster_name', '$."data.resource"."labels.cluster_name"', '$."data.resource".labels.cluster_name', '$.data."resource.labels.cluster_name"', '$.data."resource.labels".cluster_name', '$.data.resource."labels.cluster_name"', '$.data.resource.labels.cluster_name']) as "data.resource.labels.cluster_name",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "data.protoPayload.requestMetadata.callerIp"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'google:gcp:pubsub:message'
    and ("cloud" = 'gke') is not true
    and lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp'])) <> '127.0.0.1'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp'])) <> '::1'
    and lower(spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"'])) = 'forbid'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.status.message"', '$."data.protoPayload.status".message', '$."data.protoPayload"."status.message"', '$."data.protoPayload".status.message', '$.data."protoPayload.status.message"', '$.data."protoPayload.status".message', '$.data.protoPayload."status.message"', '$.data.protoPayload.status.message'])) = 'permission_denied'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail'])) = 'system:anonymous'
),
stats_3 as (
  select
    "data.protoPayload.requestMetadata.callerIp" as "src_ip",
    "data.resource.labels.cluster_name",
    count(*) as "count",
    min(_time) as "firstTime",
    max(_time) as "lastTime",
    list(distinct "data.protoPayload.methodName" order by "data.protoPayload.methodName") filter (where "data.protoPayload.methodName" is not null) as "method_name",
    list(distinct "data.protoPayload.resourceName" order by "data.protoPayload.resourceName") filter (where "data.protoPayload.resourceName" is not null) as "resource_name",
    list(distinct "data.protoPayload.requestMetadata.callerSuppliedUserAgent" order by "data.protoPayload.requestMetadata.callerSuppliedUserAgent") filter (where "data.protoPayload.requestMetadata.callerSuppliedUserAgent" is not null) as "http_user_agent"
  from search_1
  where "data.protoPayload.requestMetadata.callerIp" is not null
    and "data.resource.labels.cluster_name" is not null
  group by "data.protoPayload.requestMetadata.callerIp", "data.resource.labels.cluster_name"
),
convert_5 as (
  select
    "src_ip",
    "data.resource.labels.cluster_name" as "cluster_name",
    "count",
    "firstTime",
    coalesce(spl_strftime("lastTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("lastTime")) as "lastTime",
    "method_name",
    "resource_name",
    "http_user_agent"
  from stats_3
),
convert_6 as (
  select
    "src_ip",
    "cluster_name",
    "count",
    coalesce(spl_strftime("firstTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("firstTime")) as "firstTime",
    "lastTime",
    "method_name",
    "resource_name",
    "http_user_agent"
  from convert_5
)
select
  "src_ip",
  "cluster_name",
  "count",
  "firstTime",
  "lastTime",
  "method_name",
  "resource_name",
  "http_user_agent"
from convert_6
order by "src_ip", "cluster_name"
