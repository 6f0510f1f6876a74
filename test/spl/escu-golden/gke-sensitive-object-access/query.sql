with search_1 as (
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "data.protoPayload.requestMetadata.callerIp",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.resource.labels.cluster_name"', '$."data.resource.labels".cluster_name', '$."data.resource"."labels.cluster_name"', '$."data.resource".labels.cluster_name', '$.data."resource.labels.cluster_name"', '$.data."resource.labels".cluster_name', '$.data.resource."labels.cluster_name"', '$.data.resource.labels.cluster_name']) as "data.resource.labels.cluster_name",
    spl_text_at(_raw, ['$."data.protoPayload.request.metadata.namespace"', '$."data.protoPayload.request.metadata".namespace', '$."data.protoPayload.request"."metadata.namespace"', '$."data.protoPayload.request".metadata.namespace', '$."data.protoPayload"."request.metadata.namespace"', '$."data.protoPayload"."request.metadata".namespace', '$."data.protoPayload".request."metadata.namespace"', '$."data.protoPayload".request.metadata.namespace', '$.data."protoPayload.request.metadata.namespace"', '$.data."protoPayload.request.metadata".namespace', '$.data."protoPayload.request"."metadata.namespace"', '$.data."protoPayload.request".metadata.namespace', '$.data.protoPayload."request.metadata.namespace"', '$.data.protoPayload."request.metadata".namespace', '$.data.protoPayload.request."metadata.namespace"', '$.data.protoPayload.request.metadata.namespace']) as "data.protoPayload.request.metadata.namespace",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"']) as "data.labels.authorization.k8s.io/decision",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'gke'
    and (list_bool_or(list_transform(list_filter(list_transform(spl_members_at(_raw, ['$."data.protoPayload.authorizationInfo"', '$."data.protoPayload".authorizationInfo', '$.data."protoPayload.authorizationInfo"', '$.data.protoPayload.authorizationInfo']), lambda step_0: spl_text_at(step_0, ['$.resource'])), lambda kept_0: kept_0 is not null), lambda member_: lower(member_) = 'configmaps')) or (contains(lower(_raw), 'secrets') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)secrets(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
  union all
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "data.protoPayload.requestMetadata.callerIp",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.resource.labels.cluster_name"', '$."data.resource.labels".cluster_name', '$."data.resource"."labels.cluster_name"', '$."data.resource".labels.cluster_name', '$.data."resource.labels.cluster_name"', '$.data."resource.labels".cluster_name', '$.data.resource."labels.cluster_name"', '$.data.resource.labels.cluster_name']) as "data.resource.labels.cluster_name",
    spl_text_at(_raw, ['$."data.protoPayload.request.metadata.namespace"', '$."data.protoPayload.request.metadata".namespace', '$."data.protoPayload.request"."metadata.namespace"', '$."data.protoPayload.request".metadata.namespace', '$."data.protoPayload"."request.metadata.namespace"', '$."data.protoPayload"."request.metadata".namespace', '$."data.protoPayload".request."metadata.namespace"', '$."data.protoPayload".request.metadata.namespace', '$.data."protoPayload.request.metadata.namespace"', '$.data."protoPayload.request.metadata".namespace', '$.data."protoPayload.request"."metadata.namespace"', '$.data."protoPayload.request".metadata.namespace', '$.data.protoPayload."request.metadata.namespace"', '$.data.protoPayload."request.metadata".namespace', '$.data.protoPayload.request."metadata.namespace"', '$.data.protoPayload.request.metadata.namespace']) as "data.protoPayload.request.metadata.namespace",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"']) as "data.labels.authorization.k8s.io/decision",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'google:gcp:pubsub:message'
    and ("cloud" = 'gke') is not true
    and (list_bool_or(list_transform(list_filter(list_transform(spl_members_at(_raw, ['$."data.protoPayload.authorizationInfo"', '$."data.protoPayload".authorizationInfo', '$.data."protoPayload.authorizationInfo"', '$.data.protoPayload.authorizationInfo']), lambda step_0: spl_text_at(step_0, ['$.resource'])), lambda kept_0: kept_0 is not null), lambda member_: lower(member_) = 'configmaps')) or (contains(lower(_raw), 'secrets') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)secrets(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
),
dedup_3_places as (
  select
    *,
    row_number() over (partition by "data.protoPayload.requestMetadata.callerIp", "src_user", "data.resource.labels.cluster_name" order by _order desc) as "place"
  from search_1
),
dedup_3 as (
  select *
  from dedup_3_places
  where "data.protoPayload.requestMetadata.callerIp" is not null
    and "src_user" is not null
    and "data.resource.labels.cluster_name" is not null
    and "place" <= 1
)
select
  "data.protoPayload.requestMetadata.callerIp",
  "src_user",
  "data.resource.labels.cluster_name",
  "data.protoPayload.request.metadata.namespace",
  "data.labels.authorization.k8s.io/decision"
from dedup_3
order by _order desc
