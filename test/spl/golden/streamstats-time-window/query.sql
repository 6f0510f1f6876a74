with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
streamstats_2_segments as (
  select
    "id",
    "kind",
    _time,
    "n",
    _order,
    row_number() over (partition by true order by _order desc) as "place"
  from search_1
),
streamstats_2_times as (
  select "id", "kind", _time, "n", _order, "place", round(_time * 1000000) as "time"
  from streamstats_2_segments
),
streamstats_2_neighbours as (
  select
    "id",
    "kind",
    _time,
    "n",
    _order,
    "place",
    "time",
    case when "time" is null or "time" > max("time") over (partition by true order by _order desc rows between 1 preceding and 1 preceding) then 1 else 0 end as "rises",
    case when "time" is null or "time" < max("time") over (partition by true order by _order desc rows between 1 preceding and 1 preceding) then 1 else 0 end as "falls",
    min("place") over (partition by true order by "time" range between 60000000 preceding and 60000000 following) as "first"
  from streamstats_2_times
),
streamstats_2_reach as (
  select
    "id",
    "kind",
    _time,
    "n",
    _order,
    "place",
    "time",
    "rises",
    "falls",
    "first",
    case when max("rises") over (partition by true) > 0 and max("falls") over (partition by true) > 0 then error('streamstats: expected rows in the order of _time for time_window, found others; sort them first: sort 0 _time.')::bigint else "place" - "first" end as "reach"
  from streamstats_2_neighbours
),
streamstats_2 as (
  select
    "id",
    "kind",
    _time,
    count(*) over (order by "place" range between "reach" preceding and current row) as "n1",
    sum(spl_number("n")::double) over (order by "place" range between "reach" preceding and current row) as "total",
    _order
  from streamstats_2_reach
),
streamstats_4_segments as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    _order,
    row_number() over (partition by true order by _order) as "place"
  from streamstats_2
),
streamstats_4_times as (
  select "id", "kind", _time, "n1", "total", _order, "place", round(_time * 1000000) as "time"
  from streamstats_4_segments
),
streamstats_4_neighbours as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    _order,
    "place",
    "time",
    case when "time" is null or "time" > max("time") over (partition by true order by _order rows between 1 preceding and 1 preceding) then 1 else 0 end as "rises",
    case when "time" is null or "time" < max("time") over (partition by true order by _order rows between 1 preceding and 1 preceding) then 1 else 0 end as "falls",
    min("place") over (partition by true order by "time" range between 60000000 preceding and 60000000 following) as "first"
  from streamstats_4_times
),
streamstats_4_reach as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    _order,
    "place",
    "time",
    "rises",
    "falls",
    "first",
    case when max("rises") over (partition by true) > 0 and max("falls") over (partition by true) > 0 then error('streamstats: expected rows in the order of _time for time_window, found others; sort them first: sort 0 _time.')::bigint else "place" - "first" end as "reach"
  from streamstats_4_neighbours
),
streamstats_4 as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    nullif(list("id" order by _order) filter (where "id" is not null) over (order by "place" range between least("reach", 2) preceding and 1 preceding)[1:100], []::varchar[]) as "two",
    _order
  from streamstats_4_reach
),
streamstats_5_segments as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    "two",
    _order,
    row_number() over (partition by "kind" is not null order by _order) as "place"
  from streamstats_4
),
streamstats_5_times as (
  select "id", "kind", _time, "n1", "total", "two", _order, "place", round(_time * 1000000) as "time"
  from streamstats_5_segments
),
streamstats_5_neighbours as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    "two",
    _order,
    "place",
    "time",
    case when "time" is null or "time" > max("time") over (partition by "kind" is not null order by _order rows between 1 preceding and 1 preceding) then 1 else 0 end as "rises",
    case when "time" is null or "time" < max("time") over (partition by "kind" is not null order by _order rows between 1 preceding and 1 preceding) then 1 else 0 end as "falls",
    min("place") over (partition by "kind" is not null order by "time" range between 31000000 preceding and 31000000 following) as "first"
  from streamstats_5_times
),
streamstats_5_reach as (
  select
    "id",
    "kind",
    _time,
    "n1",
    "total",
    "two",
    _order,
    "place",
    "time",
    "rises",
    "falls",
    "first",
    case when "kind" is not null and max("rises") over (partition by "kind" is not null) > 0 and max("falls") over (partition by "kind" is not null) > 0 then error('streamstats: expected rows in the order of _time for time_window, found others; sort them first: sort 0 _time.')::bigint else "place" - "first" end as "reach"
  from streamstats_5_neighbours
),
streamstats_5 as (
  select
    "id",
    "n1",
    "total",
    "two",
    case when "kind" is not null then count(*) over (partition by "kind" order by "place" range between "reach" preceding and current row) end as "same",
    _order
  from streamstats_5_reach
)
select "id", "n1", "total", "two", "same"
from streamstats_5
order by _order
