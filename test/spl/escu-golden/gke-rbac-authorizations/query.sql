with search_1 as (
  select
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/reason"', '$."data.labels.authorization.k8s"."io/reason"', '$."data.labels.authorization"."k8s.io/reason"', '$."data.labels.authorization".k8s."io/reason"', '$."data.labels"."authorization.k8s.io/reason"', '$."data.labels"."authorization.k8s"."io/reason"', '$."data.labels".authorization."k8s.io/reason"', '$."data.labels".authorization.k8s."io/reason"', '$.data."labels.authorization.k8s.io/reason"', '$.data."labels.authorization.k8s"."io/reason"', '$.data."labels.authorization"."k8s.io/reason"', '$.data."labels.authorization".k8s."io/reason"', '$.data.labels."authorization.k8s.io/reason"', '$.data.labels."authorization.k8s"."io/reason"', '$.data.labels.authorization."k8s.io/reason"', '$.data.labels.authorization.k8s."io/reason"']) as "data.labels.authorization.k8s.io/reason"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'gke'
    and (lower(spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/reason"', '$."data.labels.authorization.k8s"."io/reason"', '$."data.labels.authorization"."k8s.io/reason"', '$."data.labels.authorization".k8s."io/reason"', '$."data.labels"."authorization.k8s.io/reason"', '$."data.labels"."authorization.k8s"."io/reason"', '$."data.labels".authorization."k8s.io/reason"', '$."data.labels".authorization.k8s."io/reason"', '$.data."labels.authorization.k8s.io/reason"', '$.data."labels.authorization.k8s"."io/reason"', '$.data."labels.authorization"."k8s.io/reason"', '$.data."labels.authorization".k8s."io/reason"', '$.data.labels."authorization.k8s.io/reason"', '$.data.labels."authorization.k8s"."io/reason"', '$.data.labels.authorization."k8s.io/reason"', '$.data.labels.authorization.k8s."io/reason"'])) = 'clusterrolebinding' or (contains(lower(_raw), 'clusterrole') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)clusterrole(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
  union all
  select
    spl_text_at(_raw, ['$."data.protoPayload.authenticationInfo.principalEmail"', '$."data.protoPayload.authenticationInfo".principalEmail', '$."data.protoPayload"."authenticationInfo.principalEmail"', '$."data.protoPayload".authenticationInfo.principalEmail', '$.data."protoPayload.authenticationInfo.principalEmail"', '$.data."protoPayload.authenticationInfo".principalEmail', '$.data.protoPayload."authenticationInfo.principalEmail"', '$.data.protoPayload.authenticationInfo.principalEmail']) as "src_user",
    spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/reason"', '$."data.labels.authorization.k8s"."io/reason"', '$."data.labels.authorization"."k8s.io/reason"', '$."data.labels.authorization".k8s."io/reason"', '$."data.labels"."authorization.k8s.io/reason"', '$."data.labels"."authorization.k8s"."io/reason"', '$."data.labels".authorization."k8s.io/reason"', '$."data.labels".authorization.k8s."io/reason"', '$.data."labels.authorization.k8s.io/reason"', '$.data."labels.authorization.k8s"."io/reason"', '$.data."labels.authorization"."k8s.io/reason"', '$.data."labels.authorization".k8s."io/reason"', '$.data.labels."authorization.k8s.io/reason"', '$.data.labels."authorization.k8s"."io/reason"', '$.data.labels.authorization."k8s.io/reason"', '$.data.labels.authorization.k8s."io/reason"']) as "data.labels.authorization.k8s.io/reason"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'google:gcp:pubsub:message'
    and ("cloud" = 'gke') is not true
    and (lower(spl_text_at(_raw, ['$."data.labels.authorization.k8s.io/reason"', '$."data.labels.authorization.k8s"."io/reason"', '$."data.labels.authorization"."k8s.io/reason"', '$."data.labels.authorization".k8s."io/reason"', '$."data.labels"."authorization.k8s.io/reason"', '$."data.labels"."authorization.k8s"."io/reason"', '$."data.labels".authorization."k8s.io/reason"', '$."data.labels".authorization.k8s."io/reason"', '$.data."labels.authorization.k8s.io/reason"', '$.data."labels.authorization.k8s"."io/reason"', '$.data."labels.authorization"."k8s.io/reason"', '$.data."labels.authorization".k8s."io/reason"', '$.data.labels."authorization.k8s.io/reason"', '$.data.labels."authorization.k8s"."io/reason"', '$.data.labels.authorization."k8s.io/reason"', '$.data.labels.authorization.k8s."io/reason"'])) = 'clusterrolebinding' or (contains(lower(_raw), 'clusterrole') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)clusterrole(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
),
rare_3_counts as (
  select "src_user", "data.labels.authorization.k8s.io/reason", count(*) as "count"
  from search_1
  where "src_user" is not null
    and "data.labels.authorization.k8s.io/reason" is not null
  group by "src_user", "data.labels.authorization.k8s.io/reason"
),
rare_3_ranks as (
  select
    "src_user",
    "data.labels.authorization.k8s.io/reason",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count", "src_user", "data.labels.authorization.k8s.io/reason") as _order
  from rare_3_counts
),
rare_3 as (
  select *
  from rare_3_ranks
  where _order <= 10
)
select "src_user", "data.labels.authorization.k8s.io/reason", "count", "percent"
from rare_3
order by _order
