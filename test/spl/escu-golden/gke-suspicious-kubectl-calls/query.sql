with search_1 as (
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "src_ip",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
    nullif(list_filter(list_transform(spl_members_at(_raw, ['$."data.protoPayload.authorizationInfo"', '$."data.protoPayload".authorizationInfo', '$.data."protoPayload.authorizationInfo"', '$.data.protoPayload.authorizationInfo']), lambda step_0: spl_text_at(step_0, ['$.granted'])), lambda kept_0: kept_0 is not null), []::varchar[]) as "data.protoPayload.authorizationInfo{}.granted",
    spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName']) as "object_path",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'gke'
    and starts_with(lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent'])), 'kubectl')
    and (lower(spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail'])) = 'system:unsecured' or lower(spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail'])) = 'system:anonymous')
  union all
  select
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerIp"', '$."data.protoPayload.requestMetadata".callerIp', '$."data.protoPayload"."requestMetadata.callerIp"', '$."data.protoPayload".requestMetadata.callerIp', '$.data."protoPayload.requestMetadata.callerIp"', '$.data."protoPayload.requestMetadata".callerIp', '$.data.protoPayload."requestMetadata.callerIp"', '$.data.protoPayload.requestMetadata.callerIp']) as "src_ip",
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent']) as "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
    nullif(list_filter(list_transform(spl_members_at(_raw, ['$."data.protoPayload.authorizationInfo"', '$."data.protoPayload".authorizationInfo', '$.data."protoPayload.authorizationInfo"', '$.data.protoPayload.authorizationInfo']), lambda step_0: spl_text_at(step_0, ['$.granted'])), lambda kept_0: kept_0 is not null), []::varchar[]) as "data.protoPayload.authorizationInfo{}.granted",
    spl_text_at(_raw, ['$."data.protoPayload.resourceName"', '$."data.protoPayload".resourceName', '$.data."protoPayload.resourceName"', '$.data.protoPayload.resourceName']) as "object_path",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'google:gcp:pubsub:message'
    and ("cloud" = 'gke') is not true
    and starts_with(lower(spl_text_at(_raw, ['$."data.protoPayload.requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload.requestMetadata".callerSuppliedUserAgent', '$."data.protoPayload"."requestMetadata.callerSuppliedUserAgent"', '$."data.protoPayload".requestMetadata.callerSuppliedUserAgent', '$.data."protoPayload.requestMetadata.callerSuppliedUserAgent"', '$.data."protoPayload.requestMetadata".callerSuppliedUserAgent', '$.data.protoPayload."requestMetadata.callerSuppliedUserAgent"', '$.data.protoPayload.requestMetadata.callerSuppliedUserAgent'])), 'kubectl')
    and (lower(spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail'])) = 'system:unsecured' or lower(spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail'])) = 'system:anonymous')
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
  "data.protoPayload.requestMetadata.callerSuppliedUserAgent",
  "data.protoPayload.authorizationInfo{}.granted",
  "object_path"
from dedup_3
order by _order desc
