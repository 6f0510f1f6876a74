with recursive append_4_search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
append_4_stats_2 as (
  select
    avg(spl_number("n")::double) as "eventcount",
    coalesce(max("kind") filter (where spl_number("kind") is null), arg_max("kind", spl_number("kind"))) as "word"
  from append_4_search_1
),
search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
transaction_2_present as (
  select *
  from search_1
  where "kind" is not null
    and _time is not null
),
transaction_2_members as (
  select
    _time,
    "kind",
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
    "kind",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    case when "ends" or coalesce(max("starts") over (partition by "kind" order by "place" rows between 1 preceding and 1 preceding), false) then 1 else 0 end as "begins"
  from transaction_2_members
),
transaction_2_runs as (
  select
    _time,
    "kind",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    sum("begins") over (partition by "kind" order by "place" rows between unbounded preceding and current row) as "run"
  from transaction_2_begins
),
transaction_2_numbers as (
  select
    _time,
    "kind",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    min("place") over (partition by "kind", "run") as "newest",
    row_number() over (partition by "kind", "run" order by "place") as "number"
  from transaction_2_runs
),
transaction_2_reach as materialized (
  select
    _time,
    "kind",
    _order,
    "time",
    "place",
    "starts",
    "ends",
    "begins",
    "run",
    "newest",
    "number",
    least(max("number") over (partition by "newest" order by "time" desc range between current row and 60 following), "number" + 999) + 1 as "next"
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
    transaction_2_reach."kind",
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
    "kind",
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
    "kind",
    "newest",
    "part",
    min("time") as "earliest",
    max("time") as "latest",
    count(*) as "eventcount",
    max("place") as "oldest",
    max("starts") as "started",
    max("ends") as "ended"
  from transaction_2_parts
  group by "kind", "newest", "part"
),
transaction_2 as (
  select
    "kind",
    "newest",
    "part",
    "earliest",
    "latest",
    "eventcount",
    "oldest",
    "started",
    "ended",
    round("latest" - "earliest", 6) as "duration",
    case when "oldest" < max("oldest") over (partition by "kind") or "eventcount" >= 1000 then 1 else 0 end as "closed"
  from transaction_2_all
),
append_4 as (
  select * from (
    select
      "eventcount",
      null::varchar as "word",
      1 as _order,
      row_number() over (order by "earliest" desc, "oldest") as "_order_2"
    from transaction_2
    union all
    select "eventcount", "word", 2 as _order, 1 as "_order_2"
    from append_4_stats_2
  )
)
select "eventcount", "word"
from append_4
order by _order, "_order_2"
