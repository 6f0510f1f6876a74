with search_1 as (
  select
    epoch(_time) as _time,
    _raw,
    coalesce(spl_text_at(_raw, ['$.u']), spl_pair_at(_raw, 'u'), spl_text_at("attributes", ['$.u']), spl_text_at("resource", ['$.u'])) as "u",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
transaction_2_present as (
  select *
  from search_1
  where "u" is not null
    and _time is not null
),
transaction_2_members as (
  select
    _time,
    _raw,
    "u",
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
    _raw,
    "u",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    case when "ends" or coalesce(max("starts") over (partition by "u" order by "place" rows between 1 preceding and 1 preceding), false) then 1 else 0 end as "begins"
  from transaction_2_members
),
transaction_2_runs as (
  select
    _time,
    _raw,
    "u",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    sum("begins") over (partition by "u" order by "place" rows between unbounded preceding and current row) as "run"
  from transaction_2_begins
),
transaction_2_numbers as (
  select
    _time,
    _raw,
    "u",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    min("place") over (partition by "u", "run") as "newest",
    row_number() over (partition by "u", "run" order by "place") as "number"
  from transaction_2_runs
),
transaction_2_all as (
  select
    "u",
    "newest",
    floor(("number" - 1) / 1000)::bigint as "part",
    min("time") as _time,
    array_to_string(list(_raw order by "place" desc), '
') as _raw,
    min("time") as "earliest",
    max("time") as "latest",
    count(*) as "eventcount",
    max("place") as "oldest",
    max("starts") as "started",
    max("ends") as "ended"
  from transaction_2_numbers
  group by "u", "newest", floor(("number" - 1) / 1000)::bigint
),
transaction_2 as (
  select
    "u",
    "newest",
    "part",
    _time,
    _raw,
    "earliest",
    "latest",
    "eventcount",
    "oldest",
    "started",
    "ended",
    round("latest" - "earliest", 6) as "duration",
    case when "oldest" < max("oldest") over (partition by "u") or "eventcount" >= 1000 then 1 else 0 end as "closed"
  from transaction_2_all
)
select _time, _raw, "duration"
from transaction_2
order by "earliest" desc, "oldest"
