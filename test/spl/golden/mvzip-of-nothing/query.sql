with search_1 as (
  select
    "verb",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    "verb",
    case when "sourceIPs{}" is not null and "user.groups{}" is not null then list_transform(range(1, least(len("sourceIPs{}"), len("user.groups{}")) + 1), lambda place_: "sourceIPs{}"[place_] || ',' || "user.groups{}"[place_]) end as "z",
    _order
  from search_1
)
select "verb", "z"
from eval_2
order by _order desc
