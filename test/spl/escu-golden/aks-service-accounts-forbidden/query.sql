with search_1 as (
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_text_at(_raw, ['$.userAgent']) as "userAgent",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$."responseStatus.reason"', '$.responseStatus.reason']) as "responseStatus.reason",
    spl_text_at(_raw, ['$."responseStatus.status"', '$.responseStatus.status']) as "responseStatus.status",
    spl_text_at(_raw, ['$."properties.pod"', '$.properties.pod']) as "properties.pod",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
    spl_text_at(_raw, ['$."properties.log"', '$.properties.log']) as "properties.log",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and "cloud" = 'aks'
    and lower(spl_text_at(_raw, ['$.category'])) = 'kube-audit'
  union all
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$."user.username"', '$.user.username']) as "user.username",
    spl_text_at(_raw, ['$.userAgent']) as "userAgent",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$."responseStatus.reason"', '$.responseStatus.reason']) as "responseStatus.reason",
    spl_text_at(_raw, ['$."responseStatus.status"', '$.responseStatus.status']) as "responseStatus.status",
    spl_text_at(_raw, ['$."properties.pod"', '$.properties.pod']) as "properties.pod",
    spl_text_at(_raw, ['$."objectRef.namespace"', '$.objectRef.namespace']) as "objectRef.namespace",
    spl_list_at(_raw, ['$."user.groups"', '$.user.groups']) as "user.groups{}",
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
    nullif(list_concat("sourceIPs{}", spl_list_at("properties.log", ['$.sourceIPs'])), []::varchar[]) as "sourceIPs{}",
    nullif(list_concat(nullif(["user.username"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."user.username"', '$.user.username'])], [null]::varchar[])), []::varchar[]) as "user.username",
    nullif(list_concat(nullif(["userAgent"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.userAgent'])], [null]::varchar[])), []::varchar[]) as "userAgent",
    nullif(list_concat(nullif(["verb"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.verb'])], [null]::varchar[])), []::varchar[]) as "verb",
    nullif(list_concat(nullif(["responseStatus.reason"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."responseStatus.reason"', '$.responseStatus.reason'])], [null]::varchar[])), []::varchar[]) as "responseStatus.reason",
    nullif(list_concat(nullif(["responseStatus.status"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."responseStatus.status"', '$.responseStatus.status'])], [null]::varchar[])), []::varchar[]) as "responseStatus.status",
    nullif(list_concat(nullif(["properties.pod"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."properties.pod"', '$.properties.pod'])], [null]::varchar[])), []::varchar[]) as "properties.pod",
    nullif(list_concat(nullif(["objectRef.namespace"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."objectRef.namespace"', '$.objectRef.namespace'])], [null]::varchar[])), []::varchar[]) as "objectRef.namespace",
    nullif(list_concat("user.groups{}", spl_list_at("properties.log", ['$."user.groups"', '$.user.groups'])), []::varchar[]) as "user.groups{}",
    _order
  from search_1
),
search_3 as (
  select *
  from spath_2
  where list_bool_or(list_transform("user.groups{}", lambda member_: starts_with(lower(member_), 'system:serviceaccounts')))
    and list_bool_or(list_transform("responseStatus.reason", lambda member_: lower(member_) = 'forbidden'))
)
select
  "sourceIPs{}",
  "user.username",
  "userAgent",
  "verb",
  "responseStatus.reason",
  "responseStatus.status",
  "properties.pod",
  "objectRef.namespace"
from search_3
order by _order desc
