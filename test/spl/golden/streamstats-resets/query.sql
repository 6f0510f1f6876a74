with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.bytes']), spl_pair_at(_raw, 'bytes'), spl_text_at("attributes", ['$.bytes']), spl_text_at("resource", ['$.bytes'])) as "bytes",
    coalesce(spl_text_at(_raw, ['$.act']), spl_pair_at(_raw, 'act'), spl_text_at("attributes", ['$.act']), spl_text_at("resource", ['$.act'])) as "act",
    coalesce(spl_text_at(_raw, ['$.box']), spl_pair_at(_raw, 'box'), spl_text_at("attributes", ['$.box']), spl_text_at("resource", ['$.box'])) as "box",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
streamstats_3_segments as (
  select
    "bytes",
    "act",
    "box",
    _order,
    count(*) filter (where "act" = 'REBOOT') over (order by _order rows between unbounded preceding and 1 preceding) as "reset"
  from search_1
),
streamstats_3 as (
  select
    "bytes",
    "act",
    "box",
    case when "box" is not null then sum(spl_number("bytes")::double) over (partition by "box", "reset" order by _order rows between unbounded preceding and current row) end as "behind",
    _order
  from streamstats_3_segments
),
streamstats_4_segments as (
  select
    "bytes",
    "act",
    "box",
    "behind",
    _order,
    count(*) filter (where "act" = 'REBOOT') over (order by _order rows between unbounded preceding and current row) as "reset"
  from streamstats_3
),
streamstats_4 as (
  select
    "bytes",
    "act",
    "box",
    "behind",
    case when "box" is not null then sum(spl_number("bytes")::double) over (partition by "box", "reset" order by _order rows between unbounded preceding and current row) end as "before",
    _order
  from streamstats_4_segments
),
streamstats_5_segments as (
  select
    "bytes",
    "act",
    "box",
    "behind",
    "before",
    _order,
    row_number() over (partition by "box" is not null order by _order) - row_number() over (partition by "box" is not null, "box" order by _order) as "run"
  from streamstats_4
),
streamstats_5 as (
  select
    "bytes",
    "act",
    "behind",
    "before",
    case when "box" is not null then count(*) over (partition by "box", "run" order by _order rows between unbounded preceding and current row) end as "run",
    _order
  from streamstats_5_segments
),
streamstats_6_segments as (
  select
    "bytes",
    "act",
    "behind",
    "before",
    "run",
    _order,
    count(*) filter (where "act" = 'REBOOT') over (order by _order rows between unbounded preceding and current row) as "reset"
  from streamstats_5
),
streamstats_6 as (
  select
    "bytes",
    "behind",
    "before",
    "run",
    last("bytes" order by _order ignore nulls) over (partition by "reset" order by _order rows between 1 preceding and 1 preceding) as "last",
    _order
  from streamstats_6_segments
)
select "bytes", "behind", "before", "run", "last"
from streamstats_6
order by _order
