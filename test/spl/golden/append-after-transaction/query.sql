with append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
transaction_2_present as (
  select *
  from search_1
  where "id" is not null
    and _time is not null
),
transaction_2_members as (
  select
    "id",
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
    "id",
    _time,
    _order,
    "time",
    "place",
    "starts",
    "ends",
    case when "ends" or coalesce(max("starts") over (partition by "id" order by "place" rows between 1 preceding and 1 preceding), false) then 1 else 0 end as "begins"
  from transaction_2_members
),
transaction_2_runs as (
  select
    "id",
    _time,
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    sum("begins") over (partition by "id" order by "place" rows between unbounded preceding and current row) as "run"
  from transaction_2_begins
),
transaction_2_numbers as (
  select
    "id",
    _time,
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    min("place") over (partition by "id", "run") as "newest",
    row_number() over (partition by "id", "run" order by "place") as "number"
  from transaction_2_runs
),
transaction_2_all as (
  select
    "id",
    "newest",
    floor(("number" - 1) / 1000)::bigint as "part",
    min("time") as "earliest",
    max("time") as "latest",
    count(*) as "eventcount",
    max("place") as "oldest",
    max("starts") as "started",
    max("ends") as "ended"
  from transaction_2_numbers
  group by "id", "newest", floor(("number" - 1) / 1000)::bigint
),
transaction_2 as (
  select
    "id",
    "newest",
    "part",
    "earliest",
    "latest",
    "eventcount",
    "oldest",
    "started",
    "ended",
    round("latest" - "earliest", 6) as "duration",
    case when "oldest" < max("oldest") over (partition by "id") or "eventcount" >= 1000 then 1 else 0 end as "closed"
  from transaction_2_all
),
append_4 as (
  select "id", 1 as _order, row_number() over (order by "earliest" desc, "oldest") as "_order_2"
  from transaction_2
  union all
  select "id", 2 as _order, row_number() over (order by _order desc) as "_order_2"
  from append_4_search_1
)
select "id"
from append_4
order by _order, "_order_2"
