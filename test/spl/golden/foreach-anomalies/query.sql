with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
stats_2 as (
  select
    avg(spl_number("n")::double) as "avg_n",
    case when count(spl_number("n")::double) = 1 then 0 else stddev_samp(spl_number("n")::double) end as "stdev_n",
    last("n" order by _time, _order) filter (where "n" is not null) as "n"
  from search_1
),
eval_3 as (
  select "avg_n", "stdev_n", "n", '' as "anomalies"
  from stats_2
),
foreach_4_eval_1 as (
  select
    "n",
    case when case when spl_number("n") is not null then spl_number("n") > "avg_n" + 0.5 * "stdev_n" else "n" > spl_number_text("avg_n" + 0.5 * "stdev_n") end then case when spl_number("anomalies") is null then "anomalies" || 'n is higher than its average. ' end else "anomalies" end as "anomalies"
  from eval_3
)
select "n", "anomalies"
from foreach_4_eval_1
