with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1,
    coalesce(spl_text_at(_raw, ['$.msg']), spl_pair_at(_raw, 'msg'), spl_text_at("attributes", ['$.msg']), spl_text_at("resource", ['$.msg'])) as "msg",
    coalesce(spl_text_at(_raw, ['$.k8s_ns']), spl_pair_at(_raw, 'k8s_ns'), spl_text_at("attributes", ['$.k8s_ns']), spl_text_at("resource", ['$.k8s_ns'])) as "k8s_ns",
    coalesce(spl_text_at(_raw, ['$.took']), spl_pair_at(_raw, 'took'), spl_text_at("attributes", ['$.took']), spl_text_at("resource", ['$.took'])) as "took",
    coalesce(spl_text_at(_raw, ['$.empty']), spl_pair_at(_raw, 'empty'), spl_text_at("attributes", ['$.empty']), spl_text_at("resource", ['$.empty'])) as "empty",
    coalesce(spl_text_at(_raw, ['$.nd']), spl_pair_at(_raw, 'nd'), spl_text_at("attributes", ['$.nd']), spl_text_at("resource", ['$.nd'])) as "nd",
    coalesce(spl_text_at(_raw, ['$.a_b']), spl_pair_at(_raw, 'a_b'), spl_text_at("attributes", ['$.a_b']), spl_text_at("resource", ['$.a_b'])) as "a_b",
    coalesce(spl_text_at(_raw, ['$.size']), spl_pair_at(_raw, 'size'), spl_text_at("attributes", ['$.size']), spl_text_at("resource", ['$.size'])) as "size",
    coalesce(spl_text_at(_raw, ['$.page']), spl_pair_at(_raw, 'page'), spl_text_at("attributes", ['$.page']), spl_text_at("resource", ['$.page'])) as "page",
    coalesce(spl_text_at(_raw, ['$.last']), spl_pair_at(_raw, 'last'), spl_text_at("attributes", ['$.last']), spl_text_at("resource", ['$.last'])) as "last",
    coalesce(spl_text_at(_raw, ['$.f']), spl_pair_at(_raw, 'f'), spl_text_at("attributes", ['$.f']), spl_text_at("resource", ['$.f'])) as "f",
    coalesce(spl_text_at(_raw, ['$.next']), spl_pair_at(_raw, 'next'), spl_text_at("attributes", ['$.next']), spl_text_at("resource", ['$.next'])) as "next",
    coalesce(spl_text_at(_raw, ['$.it']), spl_pair_at(_raw, 'it'), spl_text_at("attributes", ['$.it']), spl_text_at("resource", ['$.it'])) as "it",
    coalesce(spl_text_at(_raw, ['$.user_id']), spl_pair_at(_raw, 'user_id'), spl_text_at("attributes", ['$.user_id']), spl_text_at("resource", ['$.user_id'])) as "user_id",
    coalesce(spl_text_at(_raw, ['$."k8s.ns"', '$.k8s.ns']), spl_text_at("attributes", ['$."k8s.ns"', '$.k8s.ns']), spl_text_at("resource", ['$."k8s.ns"', '$.k8s.ns'])) as "k8s.ns",
    coalesce(spl_text_at(_raw, ['$.end']), spl_pair_at(_raw, 'end'), spl_text_at("attributes", ['$.end']), spl_text_at("resource", ['$.end'])) as "end",
    epoch(_time) as _time,
    row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
sort_2 as (
  select
    *,
    row_number() over (order by _time, _order desc) as "_order_2"
  from search_1
)
select
  user_1 as "user",
  "msg",
  "k8s_ns",
  "took",
  "empty",
  "nd",
  "a_b",
  "size",
  "page",
  "last",
  "f",
  "next",
  "it",
  "user_id",
  "k8s.ns",
  "end"
from sort_2
order by "_order_2"
