with lookup_8_rows as (
  select
    "_row" as "row",
    replace(replace(replace(replace(lower("local_file_inclusion_paths"), '\', '\\'), '%', '\%'), '_', '\_'), '*', '%') as "pattern",
    spl_longest_literal(lower("local_file_inclusion_paths")) as "literal",
    "lfi_path" as "value"
  from "lookup_local_file_inclusion_paths"
  where "local_file_inclusion_paths" is not null
),
search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.url']), spl_pair_at(_raw, 'url'), spl_text_at("attributes", ['$.url']), spl_text_at("resource", ['$.url'])) as "url",
    coalesce(spl_text_at(_raw, ['$.http_method']), spl_pair_at(_raw, 'http_method'), spl_text_at("attributes", ['$.http_method']), spl_text_at("resource", ['$.http_method'])) as "http_method",
    "host",
    coalesce(spl_text_at(_raw, ['$.http_user_agent']), spl_pair_at(_raw, 'http_user_agent'), spl_text_at("attributes", ['$.http_user_agent']), spl_text_at("resource", ['$.http_user_agent'])) as "http_user_agent",
    coalesce(spl_text_at(_raw, ['$.request']), spl_pair_at(_raw, 'request'), spl_text_at("attributes", ['$.request']), spl_text_at("resource", ['$.request'])) as "request",
    coalesce(spl_text_at(_raw, ['$.proxy_upstream_name']), spl_pair_at(_raw, 'proxy_upstream_name'), spl_text_at("attributes", ['$.proxy_upstream_name']), spl_text_at("resource", ['$.proxy_upstream_name'])) as "proxy_upstream_name",
    coalesce(spl_text_at(_raw, ['$.upstream_status']), spl_pair_at(_raw, 'upstream_status'), spl_text_at("attributes", ['$.upstream_status']), spl_text_at("resource", ['$.upstream_status'])) as "upstream_status",
    coalesce(spl_text_at(_raw, ['$.remote_addr']), spl_pair_at(_raw, 'remote_addr'), spl_text_at("attributes", ['$.remote_addr']), spl_text_at("resource", ['$.remote_addr'])) as "remote_addr",
    _raw
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'kube:container:controller'
),
rex_2 as (
  select
    _time,
    "url",
    "http_method",
    "host",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "http_user_agent") as "http_user_agent",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"([^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "request") as "request",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[([^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[([^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "proxy_upstream_name") as "proxy_upstream_name",
    coalesce(case when regexp_matches(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(\S*)\s(?:\S*)') then regexp_extract(_raw, '^(?:\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(\S*)\s(?:\S*)', 1) end, "upstream_status") as "upstream_status",
    coalesce(case when regexp_matches(_raw, '^(\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)') then regexp_extract(_raw, '^(\S+)\s+-\s+-\s+\[(?:[^\]]*)\]\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s"(?:[^"]*)"\s"(?:[^"]*)"\s(?:\S*)\s(?:\S*)\s\[(?:[^\]]*)\]\s\[(?:[^\]]*)\]\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)\s(?:\S*)', 1) end, "remote_addr") as "remote_addr"
  from search_1
),
rex_4 as (
  select
    _time,
    coalesce(case when regexp_matches("request", '^(?:\S+)\s(\S+)\s') then regexp_extract("request", '^(?:\S+)\s(\S+)\s', 1) end, "url") as "url",
    coalesce(case when regexp_matches("request", '^(\S+)\s(?:\S+)\s') then regexp_extract("request", '^(\S+)\s(?:\S+)\s', 1) end, "http_method") as "http_method",
    "host",
    "http_user_agent",
    "request",
    "proxy_upstream_name" as "proxy",
    "upstream_status" as "status",
    "remote_addr" as "src_ip"
  from rex_2
),
eval_5 as (
  select
    _time,
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "request",
    "proxy",
    "status",
    "src_ip",
    'operate' as "phase"
  from rex_4
),
eval_6 as (
  select
    _time,
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "request",
    "proxy",
    "status",
    "src_ip",
    "phase",
    'high' as "severity"
  from eval_5
),
stats_7 as materialized (
  select
    "src_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    "request",
    count(*) as "count",
    min(_time) as "firstTime",
    max(_time) as "lastTime"
  from eval_6
  where "src_ip" is not null
    and "status" is not null
    and "url" is not null
    and "http_method" is not null
    and "host" is not null
    and "http_user_agent" is not null
    and "proxy" is not null
    and "request" is not null
  group by
    "src_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    "request"
),
lookup_8_keys as (
  select "request" as "key"
  from stats_7
  where "request" is not null
  group by "request"
),
lookup_8_keys_compared as (
  select "key", lower("key") as "compared"
  from lookup_8_keys
),
lookup_8_matches as (
  select lookup_8_keys_compared."key", lookup_8_rows."row", lookup_8_rows."value"
  from lookup_8_keys_compared
  left join lookup_8_rows on contains(lookup_8_keys_compared."compared", lookup_8_rows."literal") and lookup_8_keys_compared."compared" like lookup_8_rows."pattern" escape '\'
),
lookup_8_found as (
  select
    "key",
    nullif(list_filter(list_concat(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000], ['false'][1:greatest(1 - len(coalesce(list("value" order by "row") filter (where "row" is not null), []::varchar[])[1:1000]), 0)]), lambda kept_: kept_ is not null), []::varchar[]) as "value"
  from lookup_8_matches
  group by "key"
),
lookup_8 as (
  select
    stats_7."src_ip",
    stats_7."status",
    stats_7."url",
    stats_7."http_method",
    stats_7."host",
    stats_7."http_user_agent",
    stats_7."proxy",
    stats_7."phase",
    stats_7."severity",
    stats_7."request",
    stats_7."count",
    stats_7."firstTime",
    stats_7."lastTime",
    lookup_8_found."value" as "lfi_path"
  from stats_7
  left join lookup_8_found on lookup_8_found."key" = "request"
),
search_9 as (
  select *
  from lookup_8
  where list_bool_or(list_transform("lfi_path", lambda member_: lower(member_) = 'yes'))
),
convert_10 as (
  select
    "src_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    "request",
    "count",
    coalesce(spl_strftime("firstTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("firstTime")) as "firstTime",
    "lastTime",
    "lfi_path"
  from search_9
),
convert_11 as (
  select
    "src_ip",
    "status",
    "url",
    "http_method",
    "host",
    "http_user_agent",
    "proxy",
    "phase",
    "severity",
    "request",
    "count",
    "firstTime",
    coalesce(spl_strftime("lastTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("lastTime")) as "lastTime",
    "lfi_path"
  from convert_10
)
select
  "src_ip",
  "status",
  "url",
  "http_method",
  "host",
  "http_user_agent",
  "proxy",
  "phase",
  "severity",
  "request",
  "count",
  "firstTime",
  "lastTime",
  "lfi_path"
from convert_11
order by
  "src_ip",
  "status",
  "url",
  "http_method",
  "host",
  "http_user_agent",
  "proxy",
  "phase",
  "severity",
  "request"
