with search_1 as (
  select _time
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select count(*) as "count"
  from search_1
),
eval_3 as (
  select
    "count",
    (null::varchar[])[1] as "first",
    case when null::varchar[] is not null and nullif(["count"::varchar], [null]::varchar[]) is not null then list_transform(range(1, least(len(null::varchar[]), len(nullif(["count"::varchar], [null]::varchar[]))) + 1), lambda place_: (null::varchar[])[place_] || ',' || nullif(["count"::varchar], [null]::varchar[])[place_]) end as "pairs"
  from stats_2
)
select "count", "first", "pairs"
from eval_3
