with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.id']), spl_pair_at(_raw, 'id'), spl_text_at("attributes", ['$.id']), spl_text_at("resource", ['$.id'])) as "id",
    coalesce(spl_list_at(_raw, ['$.tags']), spl_list_at("attributes", ['$.tags']), spl_list_at("resource", ['$.tags'])) as "tags{}",
    coalesce(spl_text_at(_raw, ['$.n']), spl_pair_at(_raw, 'n'), spl_text_at("attributes", ['$.n']), spl_text_at("resource", ['$.n'])) as "n",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
nomv_2 as (
  select
    "id",
    array_to_string("tags{}", '
') as "tags{}",
    "n",
    _order
  from search_1
),
eval_5 as (
  select "id", "tags{}", "n", spl_number("n") * 2 as "twice", _order
  from nomv_2
)
select "id", "tags{}", "n", "twice"
from eval_5
order by _order desc
