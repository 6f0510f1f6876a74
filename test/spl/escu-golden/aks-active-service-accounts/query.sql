with search_1 as (
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$."responseStatus.status"', '$.responseStatus.status']) as "responseStatus.status",
    spl_text_at(_raw, ['$."properties.pod"', '$.properties.pod']) as "properties.pod",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/decision"', '$."annotations.authorization.k8s"."io/decision"', '$."annotations.authorization"."k8s.io/decision"', '$."annotations.authorization".k8s."io/decision"', '$.annotations."authorization.k8s.io/decision"', '$.annotations."authorization.k8s"."io/decision"', '$.annotations.authorization."k8s.io/decision"', '$.annotations.authorization.k8s."io/decision"']) as "annotations.authorization.k8s.io/decision",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'aks'
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
  union all
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$."responseStatus.status"', '$.responseStatus.status']) as "responseStatus.status",
    spl_text_at(_raw, ['$."properties.pod"', '$.properties.pod']) as "properties.pod",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."annotations.authorization.k8s.io/decision"', '$."annotations.authorization.k8s"."io/decision"', '$."annotations.authorization"."k8s.io/decision"', '$."annotations.authorization".k8s."io/decision"', '$.annotations."authorization.k8s.io/decision"', '$.annotations."authorization.k8s"."io/decision"', '$.annotations.authorization."k8s.io/decision"', '$.annotations.authorization.k8s."io/decision"']) as "annotations.authorization.k8s.io/decision",
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
    nullif(list_concat(nullif(["user.username"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."user.username"', '$.user.username'])], [null]::varchar[])), []::varchar[]) as "user.username",
    nullif(list_concat(nullif(["verb"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.verb'])], [null]::varchar[])), []::varchar[]) as "verb",
    nullif(list_concat(nullif(["responseStatus.status"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."responseStatus.status"', '$.responseStatus.status'])], [null]::varchar[])), []::varchar[]) as "responseStatus.status",
    nullif(list_concat(nullif(["properties.pod"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."properties.pod"', '$.properties.pod'])], [null]::varchar[])), []::varchar[]) as "properties.pod",
    nullif(list_concat(nullif(["objectRef.namespace"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.namespace"', '$.objectRef.namespace'])], [null]::varchar[])), []::varchar[]) as "objectRef.namespace",
    nullif(list_concat("user.groups{}", spl_list_at("properties.log", ['$."user.groups"', '$.user.groups'])), []::varchar[]) as "user.groups{}",
    nullif(list_concat(nullif(["annotations.authorization.k8s.io/decision"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."annotations.authorization.k8s.io/decision"', '$."annotations.authorization.k8s"."io/decision"', '$."annotations.authorization"."k8s.io/decision"', '$."annotations.authorization".k8s."io/decision"', '$.annotations."authorization.k8s.io/decision"', '$.annotations."authorization.k8s"."io/decision"', '$.annotations.authorization."k8s.io/decision"', '$.annotations.authorization.k8s."io/decision"'])], [null]::varchar[])), []::varchar[]) as "annotations.authorization.k8s.io/decision"
  from search_1
),
search_3 as (
  select *
  from spath_2
  where list_bool_or(list_transform("user.groups{}", lambda member_: starts_with(lower(member_), 'system:serviceaccounts'))) or list_bool_or(list_transform("user.username", lambda member_: lower(member_) = 'system.anonymous')) or list_bool_or(list_transform("annotations.authorization.k8s.io/decision", lambda member_: lower(member_) = 'allow'))
),
top_5_each_1 as (
  select
    "user.username",
    "verb",
    "responseStatus.status",
    "properties.pod",
    "objectRef.namespace",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from search_3
),
top_5_each_2 as (
  select
    "verb",
    "responseStatus.status",
    "properties.pod",
    "objectRef.namespace",
    "sourceIPs{}",
    unnest("user.username") as "user.username"
  from top_5_each_1
),
top_5_each_3 as (
  select
    "responseStatus.status",
    "properties.pod",
    "objectRef.namespace",
    "sourceIPs{}",
    "user.username",
    unnest("verb") as "verb"
  from top_5_each_2
),
top_5_each_4 as (
  select
    "properties.pod",
    "objectRef.namespace",
    "sourceIPs{}",
    "user.username",
    "verb",
    unnest("responseStatus.status") as "responseStatus.status"
  from top_5_each_3
),
top_5_each_5 as (
  select
    "objectRef.namespace",
    "sourceIPs{}",
    "user.username",
    "verb",
    "responseStatus.status",
    unnest("properties.pod") as "properties.pod"
  from top_5_each_4
),
top_5_each_6 as (
  select
    "sourceIPs{}",
    "user.username",
    "verb",
    "responseStatus.status",
    "properties.pod",
    unnest("objectRef.namespace") as "objectRef.namespace"
  from top_5_each_5
),
top_5_counts as (
  select
    "sourceIPs{}",
    "user.username",
    "verb",
    "responseStatus.status",
    "properties.pod",
    "objectRef.namespace",
    count(*) as "count"
  from top_5_each_6
  where "sourceIPs{}" is not null
    and "user.username" is not null
    and "verb" is not null
    and "responseStatus.status" is not null
    and "properties.pod" is not null
    and "objectRef.namespace" is not null
  group by
    "sourceIPs{}",
    "user.username",
    "verb",
    "responseStatus.status",
    "properties.pod",
    "objectRef.namespace"
),
top_5_ranks as (
  select
    "sourceIPs{}",
    "user.username",
    "verb",
    "responseStatus.status",
    "properties.pod",
    "objectRef.namespace",
    "count",
    round("count" * 100 / sum("count") over (), 6) as "percent",
    row_number() over (order by "count" desc, "sourceIPs{}", "user.username", "verb", "responseStatus.status", "properties.pod", "objectRef.namespace") as _order
  from top_5_counts
),
top_5 as (
  select *
  from top_5_ranks
  where _order <= 10
)
select
  "sourceIPs{}",
  "user.username",
  "verb",
  "responseStatus.status",
  "properties.pod",
  "objectRef.namespace",
  "count",
  "percent"
from top_5
order by _order
