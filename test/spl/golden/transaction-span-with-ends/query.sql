with recursive search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.v']), spl_pair_at(_raw, 'v'), spl_text_at("attributes", ['$.v']), spl_text_at("resource", ['$.v'])) as "v",
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
    "v",
    "u",
    _order,
    _time as "time",
    row_number() over (order by _time desc, _order desc) as "place",
    false as "starts",
    coalesce(lower("v") = 'e30', false) as "ends"
  from transaction_2_present
),
transaction_2_begins as (
  select
    _time,
    "v",
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
    "v",
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
    "v",
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
transaction_2_reach as materialized (
  select
    _time,
    "v",
    "u",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    "newest",
    "number",
    least(max("number") over (partition by "newest" order by "time" desc range between current row and 60 following), "number" + 1) + 1 as "next"
  from transaction_2_numbers
),
transaction_2_firsts as (
  select "newest", "number", "next"
  from transaction_2_reach
  where "number" = 1
  union all
  select transaction_2_reach."newest", transaction_2_reach."number", transaction_2_reach."next"
  from transaction_2_reach
  join transaction_2_firsts on transaction_2_reach."newest" = transaction_2_firsts."newest" and transaction_2_reach."number" = transaction_2_firsts."next"
),
transaction_2_marked as (
  select
    transaction_2_reach._time,
    transaction_2_reach."v",
    transaction_2_reach."u",
    transaction_2_reach._order,
    transaction_2_reach."time",
    transaction_2_reach."place",
    transaction_2_reach."starts",
    transaction_2_reach."ends",
    transaction_2_reach."begins",
    transaction_2_reach."run",
    transaction_2_reach."newest",
    transaction_2_reach."number",
    case when transaction_2_firsts."next" is not null then 1 else 0 end as "first"
  from transaction_2_reach
  left join transaction_2_firsts on transaction_2_reach."newest" = transaction_2_firsts."newest" and transaction_2_reach."number" = transaction_2_firsts."number"
),
transaction_2_parts as (
  select
    _time,
    "v",
    "u",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    "newest",
    "number",
    "first",
    sum("first") over (partition by "newest" order by "number" rows between unbounded preceding and current row) as "part"
  from transaction_2_marked
),
transaction_2_all as (
  select
    "u",
    "newest",
    "part",
    min("time") as _time,
    list(distinct "v" order by "v") filter (where "v" is not null) as "v",
    min("time") as "earliest",
    max("time") as "latest",
    count(*) as "eventcount",
    max("place") as "oldest",
    max("starts") as "started",
    max("ends") as "ended"
  from transaction_2_parts
  group by "u", "newest", "part"
),
transaction_2 as (
  select
    "u",
    "newest",
    "part",
    _time,
    "v",
    "earliest",
    "latest",
    "eventcount",
    "oldest",
    "started",
    "ended",
    round("latest" - "earliest", 6) as "duration",
    case when "ended" then 1 else 0 end as "closed"
  from transaction_2_all
)
select _time, "v", "closed" as "closed_txn"
from transaction_2
order by "earliest" desc, "oldest"
