with search_1 as (
  select "userAgent", row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
where_2 as (
  select *
  from search_1
  where not spl_in_network("userAgent", '10.0.0.0/8')
)
select "userAgent"
from where_2
order by _order desc
