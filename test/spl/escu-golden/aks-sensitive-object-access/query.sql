with search_1 as (
  select
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."objectRef.resource"', '$.objectRef.resource']) as "objectRef.resource",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_text_at(_raw, ['$."objectRef.name"', '$.objectRef.name']) as "objectRef.name",
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/reason"', '$."annotations.authorization.k8s"."io/reason"', '$."annotations.authorization"."k8s.io/reason"', '$."annotations.authorization".k8s."io/reason"', '$.annotations."authorization.k8s.io/reason"', '$.annotations."authorization.k8s"."io/reason"', '$.annotations.authorization."k8s.io/reason"', '$.annotations.authorization.k8s."io/reason"']) as "annotations.authorization.k8s.io/reason",
    _raw,
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/decision"', '$."annotations.authorization.k8s"."io/decision"', '$."annotations.authorization"."k8s.io/decision"', '$."annotations.authorization".k8s."io/decision"', '$.annotations."authorization.k8s.io/decision"', '$.annotations."authorization.k8s"."io/decision"', '$.annotations.authorization."k8s.io/decision"', '$.annotations.authorization.k8s."io/decision"']) as "annotations.authorization.k8s.io/decision",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'aks'
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
  union all
  select
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."objectRef.resource"', '$.objectRef.resource']) as "objectRef.resource",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_text_at(_raw, ['$."objectRef.name"', '$.objectRef.name']) as "objectRef.name",
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/reason"', '$."annotations.authorization.k8s"."io/reason"', '$."annotations.authorization"."k8s.io/reason"', '$."annotations.authorization".k8s."io/reason"', '$.annotations."authorization.k8s.io/reason"', '$.annotations."authorization.k8s"."io/reason"', '$.annotations.authorization."k8s.io/reason"', '$.annotations.authorization.k8s."io/reason"']) as "annotations.authorization.k8s.io/reason",
    _raw,
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/decision"', '$."annotations.authorization.k8s"."io/decision"', '$."annotations.authorization"."k8s.io/decision"', '$."annotations.authorization".k8s."io/decision"', '$.annotations."authorization.k8s.io/decision"', '$.annotations."authorization.k8s"."io/decision"', '$.annotations.authorization."k8s.io/decision"', '$.annotations.authorization.k8s."io/decision"']) as "annotations.authorization.k8s.io/decision",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'mscs:storage:blob:json'
    and ("cloud" = 'aks') is not true
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
),
spath_2 as (
  select
    nullif(list_concat(nullif(["user.username"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."user.username"', '$.user.username'])], [null]::varchar[])), []::varchar[]) as "user.username",
    nullif(list_concat("user.groups{}", spl_list_at("properties.log", ['$."user.groups"', '$.user.groups'])), []::varchar[]) as "user.groups{}",
    nullif(list_concat(nullif(["objectRef.resource"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.resource"', '$.objectRef.resource'])], [null]::varchar[])), []::varchar[]) as "objectRef.resource",
    nullif(list_concat(nullif(["objectRef.namespace"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.namespace"', '$.objectRef.namespace'])], [null]::varchar[])), []::varchar[]) as "objectRef.namespace",
    nullif(list_concat(nullif(["objectRef.name"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.name"', '$.objectRef.name'])], [null]::varchar[])), []::varchar[]) as "objectRef.name",
    nullif(list_concat(nullif(["annotations.authorization.k8s.io/reason"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."annotations.authorization.k8s.io/reason"', '$."annotations.authorization.k8s"."io/reason"', '$."annotations.authorization"."k8s.io/reason"', '$."annotations.authorization".k8s."io/reason"', '$.annotations."authorization.k8s.io/reason"', '$.annotations."authorization.k8s"."io/reason"', '$.annotations.authorization."k8s.io/reason"', '$.annotations.authorization.k8s."io/reason"'])], [null]::varchar[])), []::varchar[]) as "annotations.authorization.k8s.io/reason",
    _raw,
    nullif(list_concat(nullif(["annotations.authorization.k8s.io/decision"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."annotations.authorization.k8s.io/decision"', '$."annotations.authorization.k8s"."io/decision"', '$."annotations.authorization"."k8s.io/decision"', '$."annotations.authorization".k8s."io/decision"', '$.annotations."authorization.k8s.io/decision"', '$.annotations."authorization.k8s"."io/decision"', '$.annotations.authorization."k8s.io/decision"', '$.annotations.authorization.k8s."io/decision"'])], [null]::varchar[])), []::varchar[]) as "annotations.authorization.k8s.io/decision",
    _order
  from search_1
),
search_3 as (
  select *
  from spath_2
  where (list_bool_or(list_transform("objectRef.resource", lambda member_: lower(member_) = 'secrets')) or (contains(lower(_raw), 'configmaps') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)configmaps(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')))
    and (list_bool_or(list_transform("user.username", lambda member_: lower(member_) = 'system.anonymous')) or list_bool_or(list_transform("annotations.authorization.k8s.io/decision", lambda member_: lower(member_) = 'allow')))
),
dedup_5_places as (
  select
    *,
    row_number() over (partition by "user.username", "user.groups{}" order by _order desc) as "place"
  from search_3
),
dedup_5 as (
  select *
  from dedup_5_places
  where "user.username" is not null
    and "user.groups{}" is not null
    and "place" <= 1
)
select
  "user.username",
  "user.groups{}",
  "objectRef.resource",
  "objectRef.namespace",
  "objectRef.name",
  "annotations.authorization.k8s.io/reason"
from dedup_5
order by _order desc
