with makeresults_1 as (
  select
    "_row",
    epoch(getvariable('now')::timestamp) as _time,
    ['{"name":"Larson","age":32}', '{"name":null,"ok":true}']["_row" + 1] as _raw,
    ['Larson', null::varchar]["_row" + 1] as "name",
    ['32', null::varchar]["_row" + 1] as "age",
    [null::varchar, 'true']["_row" + 1] as "ok"
  from range(2) as made("_row")
)
select _time, _raw, "name", "age", "ok"
from makeresults_1
order by "_row"
