with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.bytes']), spl_pair_at(_raw, 'bytes'), spl_text_at("attributes", ['$.bytes']), spl_text_at("resource", ['$.bytes'])) as "bytes",
    coalesce(spl_text_at(_raw, ['$.box']), spl_pair_at(_raw, 'box'), spl_text_at("attributes", ['$.box']), spl_text_at("resource", ['$.box'])) as "box",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
streamstats_3_segments as (
  select
    "bytes",
    "box",
    _order,
    row_number() over (partition by "box" is not null order by _order) as "place"
  from search_1
),
streamstats_3 as (
  select
    "bytes",
    "box",
    case when "box" is not null then count(*) over (partition by "box" order by "place" range between 1 preceding and current row) end as "n",
    case when "box" is not null then sum(spl_number("bytes")::double) over (partition by "box" order by "place" range between 1 preceding and current row) end as "total",
    _order
  from streamstats_3_segments
),
streamstats_4_segments as (
  select
    "bytes",
    "box",
    "n",
    "total",
    _order,
    row_number() over (partition by "box" is not null order by _order) as "place"
  from streamstats_3
),
streamstats_4 as (
  select
    "bytes",
    "n",
    "total",
    case when "box" is not null then list(distinct "bytes" order by "bytes") filter (where "bytes" is not null) over (partition by "box" order by "place" range between 2 preceding and 1 preceding) end as "two",
    _order
  from streamstats_4_segments
)
select "bytes", "n", "total", "two"
from streamstats_4
order by _order
