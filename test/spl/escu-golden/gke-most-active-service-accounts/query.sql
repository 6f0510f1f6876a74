with search_1 as (
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "src_ip",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "http_user_agent",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"']) as "data.labels.authorization.k8s.io/decision",
    spl_text_at(_raw, ['$."data.protoPayload.response.spec.resourceAttributes.resource"', '$."data.protoPayload.response.spec.resourceAttributes".resource', '$."data.protoPayload.response.spec"."resourceAttributes.resource"', '$."data.protoPayload.response.spec".resourceAttributes.resource', '$."data.protoPayload.response"."spec.resourceAttributes.resource"', '$."data.protoPayload.response"."spec.resourceAttributes".resource', '$."data.protoPayload.response".spec."resourceAttributes.resource"', '$."data.protoPayload.response".spec.resourceAttributes.resource', '$."data.protoPayload"."response.spec.resourceAttributes.resource"', '$."data.protoPayload"."response.spec.resourceAttributes".resource', '$."data.protoPayload"."response.spec"."resourceAttributes.resource"', '$."data.protoPayload"."response.spec".resourceAttributes.resource', '$."data.protoPayload".response."spec.resourceAttributes.resource"', '$."data.protoPayload".response."spec.resourceAttributes".resource', '$."data.protoPayload".response.spec."resourceAttributes.resource"', '$."data.protoPayload".response.spec.resourceAttributes.resource', '$.data."protoPayload.response.spec.resourceAttributes.resource"', '$.data."protoPayload.response.spec.resourceAttributes".resource', '$.data."protoPayload.response.spec"."resourceAttributes.resource"', '$.data."protoPayload.response.spec".resourceAttributes.resource', '$.data."protoPayload.response"."spec.resourceAttributes.resource"', '$.data."protoPayload.response"."spec.resourceAttributes".resource', '$.data."protoPayload.response".spec."resourceAttributes.resource"', '$.data."protoPayload.response".spec.resourceAttributes.resource', '$.data.protoPayload."response.spec.resourceAttributes.resource"', '$.data.protoPayload."response.spec.resourceAttributes".resource', '$.data.protoPayload."response.spec"."resourceAttributes.resource"', '$.data.protoPayload."response.spec".resourceAttributes.resource', '$.data.protoPayload.response."spec.resourceAttributes.resource"', '$.data.protoPayload.response."spec.resourceAttributes".resource', '$.data.protoPayload.response.spec."resourceAttributes.resource"', '$.data.protoPayload.response.spec.resourceAttributes.resource']) as "data.protoPayload.response.spec.resourceAttributes.resource"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'gke'
    and list_bool_or(list_transform(spl_list_at(_raw, ['$."data.protoPayload.request.spec.group"', '$."data.protoPayload.request.spec".group', '$."data.protoPayload.request"."spec.group"', '$."data.protoPayload.request".spec.group', '$."data.protoPayload"."request.spec.group"', '$."data.protoPayload"."request.spec".group', '$."data.protoPayload".request."spec.group"', '$."data.protoPayload".request.spec.group', '$.data."protoPayload.request.spec.group"', '$.data."protoPayload.request.spec".group', '$.data."protoPayload.request"."spec.group"', '$.data."protoPayload.request".spec.group', '$.data.protoPayload."request.spec.group"', '$.data.protoPayload."request.spec".group', '$.data.protoPayload.request."spec.group"', '$.data.protoPayload.request.spec.group']), lambda member_: lower(member_) = 'system:serviceaccounts'))
  union all
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "src_ip",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "http_user_agent",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"']) as "data.labels.authorization.k8s.io/decision",
    spl_text_at(_raw, ['$."data.protoPayload.response.spec.resourceAttributes.resource"', '$."data.protoPayload.response.spec.resourceAttributes".resource', '$."data.protoPayload.response.spec"."resourceAttributes.resource"', '$."data.protoPayload.response.spec".resourceAttributes.resource', '$."data.protoPayload.response"."spec.resourceAttributes.resource"', '$."data.protoPayload.response"."spec.resourceAttributes".resource', '$."data.protoPayload.response".spec."resourceAttributes.resource"', '$."data.protoPayload.response".spec.resourceAttributes.resource', '$."data.protoPayload"."response.spec.resourceAttributes.resource"', '$."data.protoPayload"."response.spec.resourceAttributes".resource', '$."data.protoPayload"."response.spec"."resourceAttributes.resource"', '$."data.protoPayload"."response.spec".resourceAttributes.resource', '$."data.protoPayload".response."spec.resourceAttributes.resource"', '$."data.protoPayload".response."spec.resourceAttributes".resource', '$."data.protoPayload".response.spec."resourceAttributes.resource"', '$."data.protoPayload".response.spec.resourceAttributes.resource', '$.data."protoPayload.response.spec.resourceAttributes.resource"', '$.data."protoPayload.response.spec.resourceAttributes".resource', '$.data."protoPayload.response.spec"."resourceAttributes.resource"', '$.data."protoPayload.response.spec".resourceAttributes.resource', '$.data."protoPayload.response"."spec.resourceAttributes.resource"', '$.data."protoPayload.response"."spec.resourceAttributes".resource', '$.data."protoPayload.response".spec."resourceAttributes.resource"', '$.data."protoPayload.response".spec.resourceAttributes.resource', '$.data.protoPayload."response.spec.resourceAttributes.resource"', '$.data.protoPayload."response.spec.resourceAttributes".resource', '$.data.protoPayload."response.spec"."resourceAttributes.resource"', '$.data.protoPayload."response.spec".resourceAttributes.resource', '$.data.protoPayload.response."spec.resourceAttributes.resource"', '$.data.protoPayload.response."spec.resourceAttributes".resource', '$.data.protoPayload.response.spec."resourceAttributes.resource"', '$.data.protoPayload.response.spec.resourceAttributes.resource']) as "data.protoPayload.response.spec.resourceAttributes.resource"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'google:gcp:pubsub:message'
    and ("cloud" = 'gke') is not true
    and list_bool_or(list_transform(spl_list_at(_raw, ['$."data.protoPayload.request.spec.group"', '$."data.protoPayload.request.spec".group', '$."data.protoPayload.request"."spec.group"', '$."data.protoPayload.request".spec.group', '$."data.protoPayload"."request.spec.group"', '$."data.protoPayload"."request.spec".group', '$."data.protoPayload".request."spec.group"', '$."data.protoPayload".request.spec.group', '$.data."protoPayload.request.spec.group"', '$.data."protoPayload.request.spec".group', '$.data."protoPayload.request"."spec.group"', '$.data."protoPayload.request".spec.group', '$.data.protoPayload."request.spec.group"', '$.data.protoPayload."request.spec".group', '$.data.protoPayload.request."spec.group"', '$.data.protoPayload.request.spec.group']), lambda member_: lower(member_) = 'system:serviceaccounts'))
),
top_3_counts as (
  select
    "src_ip",
    "src_user",
    "http_user_agent",
    "data.labels.authorization.k8s.io/decision",
    "data.protoPayload.response.spec.resourceAttributes.resource",
    count(*) as "count"
  from search_1
  where "src_ip" is not null
    and "src_user" is not null
    and "http_user_agent" is not null
    and "data.labels.authorization.k8s.io/decision" is not null
    and "data.protoPayload.response.spec.resourceAttributes.resource" is not null
  group by
    "src_ip",
    "src_user",
    "http_user_agent",
    "data.labels.authorization.k8s.io/decision",
    "data.protoPayload.response.spec.resourceAttributes.resource"
),
top_3_ranks as (
  select
    "src_ip",
    "src_user",
    "http_user_agent",
    "data.labels.authorization.k8s.io/decision",
    "data.protoPayload.response.spec.resourceAttributes.resource",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count" desc, "src_ip", "src_user", "http_user_agent", "data.labels.authorization.k8s.io/decision", "data.protoPayload.response.spec.resourceAttributes.resource") as _order
  from top_3_counts
),
top_3 as (
  select *
  from top_3_ranks
  where _order <= 10
)
select
  "src_ip",
  "src_user",
  "http_user_agent",
  "data.labels.authorization.k8s.io/decision",
  "data.protoPayload.response.spec.resourceAttributes.resource",
  "count",
  "percent"
from top_3
order by _order
