with search_1 as (
  select
    coalesce(spl_list_at(_raw, ['$.z']), spl_list_at("attributes", ['$.z']), spl_list_at("resource", ['$.z'])) as "z{}",
    coalesce(spl_text_at(_raw, ['$.t']), spl_pair_at(_raw, 't'), spl_text_at("attributes", ['$.t']), spl_text_at("resource", ['$.t'])) as "t",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
bin_2 as (
  select "z{}", coalesce(spl_number_text(floor(spl_number("t") / 300) * 300), "t") as "t", _order
  from search_1
),
bin_3 as (
  select
    case when case when spl_number(case when len("z{}") = 1 then "z{}"[1] end) is not null then spl_number_text(floor(spl_number(case when len("z{}") = 1 then "z{}"[1] end) / 2) * 2) || '-' || spl_number_text(floor(spl_number(case when len("z{}") = 1 then "z{}"[1] end) / 2) * 2 + 2) else case when len("z{}") = 1 then "z{}"[1] end end is not null then [case when spl_number(case when len("z{}") = 1 then "z{}"[1] end) is not null then spl_number_text(floor(spl_number(case when len("z{}") = 1 then "z{}"[1] end) / 2) * 2) || '-' || spl_number_text(floor(spl_number(case when len("z{}") = 1 then "z{}"[1] end) / 2) * 2 + 2) else case when len("z{}") = 1 then "z{}"[1] end end] else "z{}" end as "z{}",
    "t",
    _order
  from bin_2
)
select "t", "z{}"
from bin_3
order by _order desc
