with search_1 as (
  select
    spl_list_at(_raw, ['$.sourceIPs']) as "sourceIPs{}",
    spl_text_at(_raw, ['$.userAgent']) as "userAgent",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$.requestURI']) as "requestURI",
    spl_text_at(_raw, ['$."responseStatus.reason"', '$.responseStatus.reason']) as "responseStatus.reason",
    spl_text_at(_raw, ['$."responseStatus.code"', '$.responseStatus.code']) as "responseStatus.code",
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
    spl_text_at(_raw, ['$.userAgent']) as "userAgent",
    spl_text_at(_raw, ['$.verb']) as "verb",
    spl_text_at(_raw, ['$.requestURI']) as "requestURI",
    spl_text_at(_raw, ['$."responseStatus.reason"', '$.responseStatus.reason']) as "responseStatus.reason",
    spl_text_at(_raw, ['$."responseStatus.code"', '$.responseStatus.code']) as "responseStatus.code",
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
    nullif(list_concat(nullif(["userAgent"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.userAgent'])], [null]::varchar[])), []::varchar[]) as "userAgent",
    nullif(list_concat(nullif(["verb"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.verb'])], [null]::varchar[])), []::varchar[]) as "verb",
    nullif(list_concat(nullif(["requestURI"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$.requestURI'])], [null]::varchar[])), []::varchar[]) as "requestURI",
    nullif(list_concat(nullif(["responseStatus.reason"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."responseStatus.reason"', '$.responseStatus.reason'])], [null]::varchar[])), []::varchar[]) as "responseStatus.reason",
    nullif(list_concat(nullif(["responseStatus.code"], [null]::varchar[]), nullif([spl_text_at("properties.log", ['$."responseStatus.code"', '$.responseStatus.code'])], [null]::varchar[])), []::varchar[]) as "responseStatus.code",
    _order
  from search_1
),
search_3 as (
  select *
  from spath_2
  where list_bool_or(list_transform("responseStatus.code", lambda member_: lower(member_) = '401'))
)
select "sourceIPs{}", "userAgent", "verb", "requestURI", "responseStatus.reason"
from search_3
order by _order desc
