with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.host2']), spl_pair_at(_raw, 'host2'), spl_text_at("attributes", ['$.host2']), spl_text_at("resource", ['$.host2'])) as "host2",
    coalesce(spl_list_at(_raw, ['$.tags']), spl_list_at("attributes", ['$.tags']), spl_list_at("resource", ['$.tags'])) as "tags{}",
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
replace_2 as (
  select
    regexp_replace("host2", '(?s)^(.*?)\.local(.*)$', '\1-\2') as "host2",
    nullif(list_filter(list_transform("tags{}", lambda member_: regexp_replace(member_, '(?s)^(.*?)\.local(.*)$', '\1-\2')), lambda kept_: kept_ is not null), []::varchar[]) as "tags{}",
    _order
  from search_1
)
select "host2", "tags{}"
from replace_2
order by _order desc
