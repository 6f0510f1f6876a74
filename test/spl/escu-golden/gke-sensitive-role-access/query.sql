with search_1 as (
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "src_ip",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "http_user_agent",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/decision"', '$."data.labels.authorization.k8s"."io/decision"', '$."data.labels.authorization"."k8s.io/decision"', '$."data.labels.authorization".k8s."io/decision"', '$."data.labels"."authorization.k8s.io/decision"', '$."data.labels"."authorization.k8s"."io/decision"', '$."data.labels".authorization."k8s.io/decision"', '$."data.labels".authorization.k8s."io/decision"', '$.data."labels.authorization.k8s.io/decision"', '$.data."labels.authorization.k8s"."io/decision"', '$.data."labels.authorization"."k8s.io/decision"', '$.data."labels.authorization".k8s."io/decision"', '$.data.labels."authorization.k8s.io/decision"', '$.data.labels."authorization.k8s"."io/decision"', '$.data.labels.authorization."k8s.io/decision"', '$.data.labels.authorization.k8s."io/decision"']) as "data.labels.authorization.k8s.io/decision",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/reason"', '$."data.labels.authorization.k8s"."io/reason"', '$."data.labels.authorization"."k8s.io/reason"', '$."data.labels.authorization".k8s."io/reason"', '$."data.labels"."authorization.k8s.io/reason"', '$."data.labels"."authorization.k8s"."io/reason"', '$."data.labels".authorization."k8s.io/reason"', '$."data.labels".authorization.k8s."io/reason"', '$.data."labels.authorization.k8s.io/reason"', '$.data."labels.authorization.k8s"."io/reason"', '$.data."labels.authorization"."k8s.io/reason"', '$.data."labels.authorization".k8s."io/reason"', '$.data.labels."authorization.k8s.io/reason"', '$.data.labels."authorization.k8s"."io/reason"', '$.data.labels.authorization."k8s.io/reason"', '$.data.labels.authorization.k8s."io/reason"']) as "data.labels.authorization.k8s.io/reason",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and ("cloud" = 'gke' or lower("sourcetype") = 'google:gcp:pubsub:message')
    and (lower(spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/reason"', '$."data.labels.authorization.k8s"."io/reason"', '$."data.labels.authorization"."k8s.io/reason"', '$."data.labels.authorization".k8s."io/reason"', '$."data.labels"."authorization.k8s.io/reason"', '$."data.labels"."authorization.k8s"."io/reason"', '$."data.labels".authorization."k8s.io/reason"', '$."data.labels".authorization.k8s."io/reason"', '$.data."labels.authorization.k8s.io/reason"', '$.data."labels.authorization.k8s"."io/reason"', '$.data."labels.authorization"."k8s.io/reason"', '$.data."labels.authorization".k8s."io/reason"', '$.data.labels."authorization.k8s.io/reason"', '$.data.labels."authorization.k8s"."io/reason"', '$.data.labels.authorization."k8s.io/reason"', '$.data.labels.authorization.k8s."io/reason"'])) = 'clusterrolebinding' or (contains(lower(_raw), 'clusterrole') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)clusterrole(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
    and lower(spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName'])) = 'apis/rbac.authorization.k8s.io/v1'
    and lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp'])) <> '::1'
),
dedup_3_places as (
  select
    *,
    row_number() over (partition by "src_ip", "src_user" order by _order desc) as "place"
  from search_1
),
dedup_3 as (
  select *
  from dedup_3_places
  where "src_ip" is not null
    and "src_user" is not null
    and "place" <= 1
)
select
  "src_ip",
  "src_user",
  "http_user_agent",
  "data.labels.authorization.k8s.io/decision",
  "data.labels.authorization.k8s.io/reason"
from dedup_3
order by _order desc
