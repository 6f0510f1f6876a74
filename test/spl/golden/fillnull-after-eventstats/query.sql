with search_1 as materialized (
  select
    "verb",
    "objectRef"."resource" as "objectRef.resource",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eventstats_2_totals as (
  select "objectRef.resource", count(*) as "n"
  from search_1
  where "objectRef.resource" is not null
  group by "objectRef.resource"
),
eventstats_2 as (
  select search_1."verb", search_1._order, eventstats_2_totals."n"
  from search_1
  left join eventstats_2_totals on search_1."objectRef.resource" = eventstats_2_totals."objectRef.resource"
),
fillnull_3 as (
  select
    coalesce("verb", 'none') as "verb",
    case when count("n") over () > 0 then coalesce("n"::varchar, 'none') end as "n",
    _order
  from eventstats_2
)
select "verb", "n"
from fillnull_3
order by _order desc
