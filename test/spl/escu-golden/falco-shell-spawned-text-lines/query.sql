with search_1 as (
  select
    coalesce(spl_text_at(_raw, ['$.container_image']), spl_pair_at(_raw, 'container_image'), spl_text_at("attributes", ['$.container_image']), spl_text_at("resource", ['$.container_image'])) as "container_image",
    coalesce(spl_text_at(_raw, ['$.container_image_tag']), spl_pair_at(_raw, 'container_image_tag'), spl_text_at("attributes", ['$.container_image_tag']), spl_text_at("resource", ['$.container_image_tag'])) as "container_image_tag",
    coalesce(spl_text_at(_raw, ['$.container_name']), spl_pair_at(_raw, 'container_name'), spl_text_at("attributes", ['$.container_name']), spl_text_at("resource", ['$.container_name'])) as "container_name",
    coalesce(spl_text_at(_raw, ['$.parent']), spl_pair_at(_raw, 'parent'), spl_text_at("attributes", ['$.parent']), spl_text_at("resource", ['$.parent'])) as "parent",
    coalesce(spl_text_at(_raw, ['$.proc_exepath']), spl_pair_at(_raw, 'proc_exepath'), spl_text_at("attributes", ['$.proc_exepath']), spl_text_at("resource", ['$.proc_exepath'])) as "proc_exepath",
    coalesce(spl_text_at(_raw, ['$.process']), spl_pair_at(_raw, 'process'), spl_text_at("attributes", ['$.process']), spl_text_at("resource", ['$.process'])) as "process",
    coalesce(spl_text_at(_raw, ['$.user']), spl_pair_at(_raw, 'user'), spl_text_at("attributes", ['$.user']), spl_text_at("resource", ['$.user'])) as user_1
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'kube:container:falco'
    and contains(lower(_raw), 'a shell was spawned in a container') and regexp_matches(lower(_raw), '(?:^|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_]|%21|%26|%2526|%3b|%7c|%20|%2b|%3d|%2520|%5d|%5b|%3a|%0a|%2c|%28|%29)a shell was spawned in a container(?:$|[\[\]<>(){}|!;,''"*\s&?+/:=@.\-$#%\\_])')
),
fillnull_2 as (
  select
    case when count("container_image") over () > 0 then coalesce("container_image", '0') end as "container_image",
    case when count("container_image_tag") over () > 0 then coalesce("container_image_tag", '0') end as "container_image_tag",
    case when count("container_name") over () > 0 then coalesce("container_name", '0') end as "container_name",
    case when count("parent") over () > 0 then coalesce("parent", '0') end as "parent",
    case when count("proc_exepath") over () > 0 then coalesce("proc_exepath", '0') end as "proc_exepath",
    case when count("process") over () > 0 then coalesce("process", '0') end as "process",
    case when count(user_1) over () > 0 then coalesce(user_1, '0') end as user_1
  from search_1
),
stats_3 as (
  select
    "container_image",
    "container_image_tag",
    "container_name",
    "parent",
    "proc_exepath",
    "process",
    user_1,
    count(*) as "count"
  from fillnull_2
  where "container_image" is not null
    and "container_image_tag" is not null
    and "container_name" is not null
    and "parent" is not null
    and "proc_exepath" is not null
    and "process" is not null
    and user_1 is not null
  group by
    "container_image",
    "container_image_tag",
    "container_name",
    "parent",
    "proc_exepath",
    "process",
    user_1
)
select
  "container_image",
  "container_image_tag",
  "container_name",
  "parent",
  "proc_exepath",
  "process",
  user_1 as "user",
  "count"
from stats_3
order by
  "container_image",
  "container_image_tag",
  "container_name",
  "parent",
  "proc_exepath",
  "process",
  user_1
