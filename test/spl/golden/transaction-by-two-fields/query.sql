with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.u']), spl_pair_at(_raw, 'u'), spl_text_at("attributes", ['$.u']), spl_text_at("resource", ['$.u'])) as "u",
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
transaction_2_present as (
  select *
  from search_1
  where case when "u" is not null and "v" is not null then true when "u" is not null or "v" is not null then error('transaction: expected rows that have all of u, v, or none, found one that has only some; filter them first.')::bigint = 1 else false end
    and _time is not null
),
transaction_2_members as (
  select
    "u",
    "v",
    _time,
    _order,
    _time as "time",
    row_number() over (order by _time desc, _order desc) as "place",
    false as "starts",
    false as "ends"
  from transaction_2_present
),
transaction_2_begins as (
  select
    "u",
    "v",
    _time,
    _order,
    "time",
    "place",
    "starts",
    "ends",
    case when "ends" or coalesce(max("starts") over (partition by "u", "v" order by "place" rows between 1 preceding and 1 preceding), false) or max("time") over (partition by "u", "v" order by "place" rows between 1 preceding and 1 preceding) - "time" > 3600 then 1 else 0 end as "begins"
  from transaction_2_members
),
transaction_2_runs as (
  select
    "u",
    "v",
    _time,
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    sum("begins") over (partition by "u", "v" order by "place" rows between unbounded preceding and current row) as "run"
  from transaction_2_begins
),
transaction_2_numbers as (
  select
    "u",
    "v",
    _time,
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    min("place") over (partition by "u", "v", "run") as "newest",
    row_number() over (partition by "u", "v", "run" order by "place") as "number"
  from transaction_2_runs
),
transaction_2_all as (
  select
    "u",
    "v",
    "newest",
    floor(("number" - 1) / 1000)::bigint as "part",
    min("time") as "earliest",
    max("time") as "latest",
    count(*) as "eventcount",
    max("place") as "oldest",
    max("starts") as "started",
    max("ends") as "ended"
  from transaction_2_numbers
  group by "u", "v", "newest", floor(("number" - 1) / 1000)::bigint
),
transaction_2 as (
  select
    "u",
    "v",
    "newest",
    "part",
    "earliest",
    "latest",
    "eventcount",
    "oldest",
    "started",
    "ended",
    round("latest" - "earliest", 6) as "duration",
    case when "oldest" < max("oldest") over (partition by "u", "v") or "eventcount" >= 1000 then 1 else 0 end as "closed"
  from transaction_2_all
),
sort_4_places as (
  select
    *,
    row_number() over (order by spl_number("u"), spl_sort_address("u"), case when spl_number("u") is null and spl_sort_address("u") is null then "u" end, spl_number("v"), spl_sort_address("v"), case when spl_number("v") is null and spl_sort_address("v") is null then "v" end, "earliest" desc, "oldest") as _order
  from transaction_2
),
sort_4 as (
  select *
  from sort_4_places
  where _order <= 10000
)
select "u", "v", "eventcount"
from sort_4
order by _order
