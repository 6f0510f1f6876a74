with search_1 as (
  select epoch(_time) as _time, row(_time, _indextime, commit_seq, "identity") as _order
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
),
bin_2 as (
  select _time, floor((_time - 259200) / 604800) * 604800 + 259200 as "sunday", _order
  from search_1
),
bin_3 as (
  select _time, "sunday", floor((_time - 345600) / 604800) * 604800 + 345600 as "monday", _order
  from bin_2
),
bin_4 as (
  select _time, "sunday", "monday", floor(_time * 2) / 2 as "half", _order
  from bin_3
),
bin_5 as (
  select
    _time,
    "sunday",
    "monday",
    "half",
    floor((_time - epoch(date_trunc('day', getvariable('now')::timestamp) + interval 3 hour)) / 43200) * 43200 + epoch(date_trunc('day', getvariable('now')::timestamp) + interval 3 hour) as "shift",
    _order
  from bin_4
),
bin_6 as (
  select
    _time,
    "sunday",
    "monday",
    "half",
    "shift",
    floor((_time - epoch('2017-07-20 16:24:50.000'::timestamp)) / 3600) * 3600 + epoch('2017-07-20 16:24:50.000'::timestamp) as "hour",
    _order
  from bin_5
),
bin_7 as (
  select
    _time,
    "sunday",
    "monday",
    "half",
    "shift",
    "hour",
    floor((_time - coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), 0)) / 60) * 60 + coalesce(nullif(epoch(nullif(coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp), '-infinity'::timestamp)), 0), 0) as "minute",
    _order
  from bin_6
),
bin_8 as (
  select
    _time,
    "sunday",
    "monday",
    "half",
    "shift",
    "hour",
    "minute",
    floor(_time / 86400) * 86400 as "day",
    _order
  from bin_7
),
bin_9 as (
  select
    "sunday",
    "monday",
    "half",
    "shift",
    "hour",
    "minute",
    "day",
    floor((_time - coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), 0)) / 60) * 60 + coalesce(epoch(nullif(coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp), 'infinity'::timestamp)), 0) as "last",
    _order
  from bin_8
)
select "sunday", "monday", "half", "shift", "hour", "minute", "day", "last"
from bin_9
order by _order desc
