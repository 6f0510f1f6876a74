with search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.dest_ip']), spl_pair_at(_raw, 'dest_ip'), spl_text_at("attributes", ['$.dest_ip']), spl_text_at("resource", ['$.dest_ip'])) as "dest_ip",
    coalesce(spl_text_at(_raw, ['$.url']), spl_pair_at(_raw, 'url'), spl_text_at("attributes", ['$.url']), spl_text_at("resource", ['$.url'])) as "url",
    coalesce(spl_text_at(_raw, ['$.http_method']), spl_pair_at(_raw, 'http_method'), spl_text_at("attributes", ['$.http_method']), spl_text_at("resource", ['$.http_method'])) as "http_method",
    "host",
    coalesce(spl_text_at(_raw, ['$.http_user_agent']), spl_pair_at(_raw, 'http_user_agent'), spl_text_at("attributes", ['$.http_user_agent']), spl_text_at("resource", ['$.http_user_agent'])) as "http_user_agent",
    coalesce(spl_text_at(_raw, ['$.proxy_upstream_name']), spl_pair_at(_raw, 'proxy_upstream_name'), spl_text_at("attributes", ['$.proxy_upstream_name']), spl_text_at("resource", ['$.proxy_upstream_name'])) as "proxy_upstream_name",
    coalesce(spl_text_at(_raw, ['$.upstream_status']), spl_pair_at(_raw, 'upstream_status'), spl_text_at("attributes", ['$.upstream_status']), spl_text_at("resource", ['$.upstream_status'])) as "upstream_status",
    coalesce(spl_text_at(_raw, ['$.remote_addr']), spl_pair_at(_raw, 'remote_addr'), spl_text_at("attributes", ['$.remote_addr']), spl_text_at("resource", ['$.remote_addr'])) as "remote_addr",
    coalesce(spl_text_at(_raw, ['$.request']), spl_pair_at(_raw, 'request'), spl_text_at("attributes", ['$.request']), spl_text_at("resource", ['$.request'])) as "request",
    _raw
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'kube:container:controller'
),
rex_2 as (
  select
    _time,
    "dest_ip",
    "url",
    "http_method",
    "host",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "http_user_agent") as "http_user_agent",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[([^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[([^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "proxy_upstream_name") as "proxy_upstream_name",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(\S*)\s(?:\S*)', 1) end, "upstream_status") as "upstream_status",
    coalesce(case when regexp_matches(_raw, '^(\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "remote_addr") as "remote_addr",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "request") as "request"
  from search_1
),
rex_3 as (
  select
    _time,
    "dest_ip",
    coalesce(case when regexp_matches("request", '^(?:\S+)?\s(\S+)\s') then regexp_extract("request", '^(?:\S+)?\s(\S+)\s', 1) end, "url") as "url",
    coalesce(nullif(regexp_extract("request", '^(\S+)?\s(?:\S+)\s', 1), ''), "http_method") as "http_method",
    "host",
    "http_user_agent",
    "proxy_upstream_name",
    "upstream_status",
    "remote_addr"
  from rex_2
),
rex_4 as (
  select
    _time,
    coalesce(case when regexp_matches("url", '(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})') then regexp_extract("url", '(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})', 1) end, "dest_ip") as "dest_ip",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy_upstream_name",
    "upstream_status",
    "remote_addr"
  from rex_3
),
search_5 as (
  select *
  from rex_4
  where "dest_ip" is not null
),
eval_7 as (
  select
    _time,
    "dest_ip",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy_upstream_name" as "proxy",
    "upstream_status" as "status",
    "remote_addr" as "src_ip",
    'operate' as "phase"
  from search_5
),
eval_8 as (
  select
    _time,
    "dest_ip",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "status",
    "src_ip",
    "phase",
    'medium' as "severity"
  from eval_7
),
stats_9 as (
  select
    "src_ip",
    "dest_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    count(*) as "count",
    min(_time) as "firstTime",
    max(_time) as "lastTime"
  from eval_8
  where "src_ip" is not null
    and "dest_ip" is not null
    and "status" is not null
    and "url" is not null
    and "http_method" is not null
    and "host" is not null
    and "http_user_agent" is not null
    and "proxy" is not null
  group by
    "src_ip",
    "dest_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity"
),
convert_10 as (
  select
    "src_ip",
    "dest_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    "count",
    coalesce(spl_strftime("firstTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("firstTime")) as "firstTime",
    "lastTime"
  from stats_9
),
convert_11 as (
  select
    "src_ip",
    "dest_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    "count",
    "firstTime",
    coalesce(spl_strftime("lastTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("lastTime")) as "lastTime"
  from convert_10
)
select
  "src_ip",
  "dest_ip",
  "status",
  "url",
  "http_method",
  "host",
  "http_user_agent",
  "proxy",
  "phase",
  "severity",
  "count",
  "firstTime",
  "lastTime"
from convert_11
order by
  "src_ip",
  "dest_ip",
  "status",
  "url",
  "http_method",
  "host",
  "http_user_agent",
  "proxy",
  "phase",
  "severity"
