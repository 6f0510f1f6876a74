with search_1 as (
  select
    spl_text_at(coalesce("event", _raw), ['$.requestReceivedTimestamp']) as "requestReceivedTimestamp",
    spl_text_at(coalesce("event", _raw), ['$.stageTimestamp']) as "stageTimestamp",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    "requestReceivedTimestamp",
    spl_strptime_zone("stageTimestamp", '%Y-%m-%dT%H:%M:%S.%f', '') as "upper",
    spl_strptime_zone("stageTimestamp", '%Y-%m-%dT%H:%M:%S.%f', '') as "lower",
    spl_strptime_zone("stageTimestamp", '%Y-%m-%dT%H:%M:%S.%f', '') - spl_strptime("requestReceivedTimestamp", '%Y-%m-%dT%H:%M:%S.%fZ') as "took",
    _order
  from search_1
),
convert_3 as (
  select
    coalesce(spl_number_text(spl_strptime_zone("requestReceivedTimestamp", '%Y-%m-%dT%H:%M:%S.%f', '')), "requestReceivedTimestamp") as "requestReceivedTimestamp",
    "upper",
    "lower",
    "took",
    _order
  from eval_2
)
select "upper", "lower", "took", "requestReceivedTimestamp"
from convert_3
order by _order desc
