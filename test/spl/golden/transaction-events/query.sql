with search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
    coalesce(spl_text_at(_raw, ['$.o']), spl_pair_at(_raw, 'o'), spl_text_at("attributes", ['$.o']), spl_text_at("resource", ['$.o'])) as "o",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
transaction_2_present as (
  select *
  from search_1
  where _time is not null
),
transaction_2_members as (
  select
    _time,
    "v",
    "o",
    _order,
    _time as "time",
    row_number() over (order by _time desc, _order desc) as "place",
    false as "starts",
    false as "ends"
  from transaction_2_present
),
transaction_2_begins as (
  select
    _time,
    "v",
    "o",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    case when "ends" or coalesce(max("starts") over (order by "place" rows between 1 preceding and 1 preceding), false) then 1 else 0 end as "begins"
  from transaction_2_members
),
transaction_2_runs as (
  select
    _time,
    "v",
    "o",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    sum("begins") over (order by "place" rows between unbounded preceding and current row) as "run"
  from transaction_2_begins
),
transaction_2_numbers as (
  select
    _time,
    "v",
    "o",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    min("place") over (partition by "run") as "newest",
    row_number() over (partition by "run" order by "place") as "number"
  from transaction_2_runs
),
transaction_2_all as (
  select
    "newest",
    floor(("number" - 1) / 2)::bigint as "part",
    min("time") as _time,
    case when count("v") > 0 then list(coalesce("v", 'NULL') order by "place" desc) end as "v",
    case when count("o") > 0 then list(coalesce("o", 'NULL') order by "place" desc) end as "o",
    min("time") as "earliest",
    max("time") as "latest",
    count(*) as "eventcount",
    max("place") as "oldest",
    max("starts") as "started",
    max("ends") as "ended"
  from transaction_2_numbers
  group by "newest", floor(("number" - 1) / 2)::bigint
),
transaction_2 as (
  select
    "newest",
    "part",
    _time,
    "v",
    "o",
    "earliest",
    "latest",
    "eventcount",
    "oldest",
    "started",
    "ended",
    round("latest" - "earliest", 6) as "duration",
    case when "oldest" < max("oldest") over () or "eventcount" >= 2 then 1 else 0 end as "closed"
  from transaction_2_all
)
select _time, "v", "o", "eventcount", "closed" as "closed_txn"
from transaction_2
order by "earliest" desc, "oldest"
