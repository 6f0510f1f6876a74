with search_1 as (
  select
    "verb",
    coalesce(spl_text_at(coalesce("event", _raw), ['$.nothing']), spl_text_at("attributes", ['$.nothing']), spl_text_at("resource", ['$.nothing'])) as "nothing",
    row(_time, _indextime, commit_seq, "identity") as _order
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
eval_2 as (
  select
    "verb",
    "nothing",
    null + 1 as "a",
    spl_number(case when "verb" = 'get' then '9' else '8' end) + 1 as "b",
    spl_number(case when "verb" = 'list' then '9' when true then 'x' end) + 1 as "c",
    _order
  from search_1
),
eval_3 as (
  select
    "verb",
    "nothing",
    "a",
    "b",
    "c",
    spl_number(case when not ("verb" = 'list') then '9' end) + 1 as "d",
    spl_number(case when '9' = "verb" then null::varchar else '9' end) + 1 as "e",
    case when spl_number(case when '9' = 'a' then null::varchar else '9' end) is not null and spl_number("verb") is not null then spl_number_text(spl_number(case when '9' = 'a' then null::varchar else '9' end) + spl_number("verb")) when spl_number(case when '9' = 'a' then null::varchar else '9' end) is null and spl_number("verb") is null then case when '9' = 'a' then null::varchar else '9' end || "verb" end as "f",
    _order
  from eval_2
),
eval_4 as (
  select
    "verb",
    "a",
    "b",
    "c",
    "d",
    "e",
    "f",
    spl_number(coalesce("nothing", '9')) + 1 as "g",
    spl_number('9') + 1 as "h",
    spl_number('9') + 1 as "i",
    case when case when spl_number('09') is not null then spl_number('09') = 9 else '09' = '9' end then 'same' else 'differs' end as "j",
    case when '09' = '9' then 'same' else 'differs' end as "k",
    case when case when spl_number(case when '09' = 'a' then null::varchar else '09' end) is not null then spl_number(case when '09' = 'a' then null::varchar else '09' end) = 9 else case when '09' = 'a' then null::varchar else '09' end = '9' end then 'same' else 'differs' end as "l",
    _order
  from eval_3
)
select "verb", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"
from eval_4
order by _order desc
