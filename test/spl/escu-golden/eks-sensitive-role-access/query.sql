with search_1 as (
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "user"."username" as "user.username",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    "objectRef"."namespace" as "objectRef.namespace",
    "requestURI",
    "annotations"['authorization.k8s.io/reason'] as "annotations.authorization.k8s.io/reason",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'eks'
    and (lower("objectRef"."resource") = 'clusterroles' or (contains(lower(_raw), 'clusterrolebindings') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)clusterrolebindings(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '::1'))
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '127.0.0.1'))
  union all
  select
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "user"."username" as "user.username",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    "objectRef"."namespace" as "objectRef.namespace",
    "requestURI",
    "annotations"['authorization.k8s.io/reason'] as "annotations.authorization.k8s.io/reason",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'aws:cloudwatchlogs:eks'
    and ("cloud" = 'eks') is not true
    and (lower("objectRef"."resource") = 'clusterroles' or (contains(lower(_raw), 'clusterrolebindings') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)clusterrolebindings(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '::1'))
    and list_bool_or(list_transform("sourceIPs", lambda member_: lower(member_) <> '127.0.0.1'))
),
dedup_3_places as (
  select
    *,
    row_number() over (partition by "user.username", "user.groups{}" order by _order desc) as "place"
  from search_1
),
dedup_3 as (
  select *
  from dedup_3_places
  where "user.username" is not null
    and "user.groups{}" is not null
    and "place" <= 1
)
select
  "sourceIPs{}",
  "user.username",
  "user.groups{}",
  "objectRef.namespace",
  "requestURI",
  "annotations.authorization.k8s.io/reason"
from dedup_3
order by _order desc
