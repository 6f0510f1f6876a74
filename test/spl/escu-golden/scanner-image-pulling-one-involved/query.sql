with search_1 as (
  select
    epoch(_time) as _time,
    coalesce(spl_text_at(_raw, ['$.name']), spl_pair_at(_raw, 'name'), spl_text_at("attributes", ['$.name']), spl_text_at("resource", ['$.name'])) as "name",
    coalesce(spl_text_at(_raw, ['$.namespace']), spl_pair_at(_raw, 'namespace'), spl_text_at("attributes", ['$.namespace']), spl_text_at("resource", ['$.namespace'])) as "namespace",
    coalesce(spl_text_at(_raw, ['$.kind']), spl_pair_at(_raw, 'kind'), spl_text_at("attributes", ['$.kind']), spl_text_at("resource", ['$.kind'])) as "kind",
    coalesce(spl_text_at(_raw, ['$.reason']), spl_pair_at(_raw, 'reason'), spl_text_at("attributes", ['$.reason']), spl_text_at("resource", ['$.reason'])) as "reason",
    coalesce(spl_text_at(_raw, ['$.message']), spl_pair_at(_raw, 'message'), spl_text_at("attributes", ['$.message']), spl_text_at("resource", ['$.message'])) as "message",
    coalesce(spl_text_at(_raw, ['$."source.host"', '$.source.host']), spl_text_at("attributes", ['$."source.host"', '$.source.host']), spl_text_at("resource", ['$."source.host"', '$.source.host'])) as "source.host",
    coalesce(spl_text_at(_raw, ['$."involvedObject.name"', '$.involvedObject.name']), spl_text_at("attributes", ['$."involvedObject.name"', '$.involvedObject.name']), spl_text_at("resource", ['$."involvedObject.name"', '$.involvedObject.name'])) as "involvedObject.name",
    coalesce(spl_text_at(_raw, ['$."involvedObject.namespace"', '$.involvedObject.namespace']), spl_text_at("attributes", ['$."involvedObject.namespace"', '$.involvedObject.namespace']), spl_text_at("resource", ['$."involvedObject.namespace"', '$.involvedObject.namespace'])) as "involvedObject.namespace",
    coalesce(spl_text_at(_raw, ['$."involvedObject.kind"', '$.involvedObject.kind']), spl_text_at("attributes", ['$."involvedObject.kind"', '$.involvedObject.kind']), spl_text_at("resource", ['$."involvedObject.kind"', '$.involvedObject.kind'])) as "involvedObject.kind",
    coalesce(spl_text_at(_raw, ['$."involvedObject.reason"', '$.involvedObject.reason']), spl_text_at("attributes", ['$."involvedObject.reason"', '$.involvedObject.reason']), spl_text_at("resource", ['$."involvedObject.reason"', '$.involvedObject.reason'])) as "involvedObject.reason",
    coalesce(spl_text_at(_raw, ['$."involvedObject.message"', '$.involvedObject.message']), spl_text_at("attributes", ['$."involvedObject.message"', '$.involvedObject.message']), spl_text_at("resource", ['$."involvedObject.message"', '$.involvedObject.message'])) as "involvedObject.message",
    coalesce(spl_text_at(_raw, ['$."involvedObject.source.host"', '$."involvedObject.source".host', '$.involvedObject."source.host"', '$.involvedObject.source.host']), spl_text_at("attributes", ['$."involvedObject.source.host"', '$."involvedObject.source".host', '$.involvedObject."source.host"', '$.involvedObject.source.host']), spl_text_at("resource", ['$."involvedObject.source.host"', '$."involvedObject.source".host', '$.involvedObject."source.host"', '$.involvedObject.source.host'])) as "involvedObject.source.host",
    coalesce(spl_text_at(_raw, ['$."object.name"', '$.object.name']), spl_text_at("attributes", ['$."object.name"', '$.object.name']), spl_text_at("resource", ['$."object.name"', '$.object.name'])) as "object.name",
    coalesce(spl_text_at(_raw, ['$."object.namespace"', '$.object.namespace']), spl_text_at("attributes", ['$."object.namespace"', '$.object.namespace']), spl_text_at("resource", ['$."object.namespace"', '$.object.namespace'])) as "object.namespace",
    coalesce(spl_text_at(_raw, ['$."object.kind"', '$.object.kind']), spl_text_at("attributes", ['$."object.kind"', '$.object.kind']), spl_text_at("resource", ['$."object.kind"', '$.object.kind'])) as "object.kind",
    coalesce(spl_text_at(_raw, ['$."object.reason"', '$.object.reason']), spl_text_at("attributes", ['$."object.reason"', '$.object.reason']), spl_text_at("resource", ['$."object.reason"', '$.object.reason'])) as "object.reason",
    coalesce(spl_text_at(_raw, ['$."object.message"', '$.object.message']), spl_text_at("attributes", ['$."object.message"', '$.object.message']), spl_text_at("resource", ['$."object.message"', '$.object.message'])) as "object.message",
    coalesce(spl_text_at(_raw, ['$."object.source.host"', '$."object.source".host', '$.object."source.host"', '$.object.source.host']), spl_text_at("attributes", ['$."object.source.host"', '$."object.source".host', '$.object."source.host"', '$.object.source.host']), spl_text_at("resource", ['$."object.source.host"', '$."object.source".host', '$.object."source.host"', '$.object.source.host'])) as "object.source.host",
    coalesce(spl_text_at(_raw, ['$."object.involvedObject.name"', '$."object.involvedObject".name', '$.object."involvedObject.name"', '$.object.involvedObject.name']), spl_text_at("attributes", ['$."object.involvedObject.name"', '$."object.involvedObject".name', '$.object."involvedObject.name"', '$.object.involvedObject.name']), spl_text_at("resource", ['$."object.involvedObject.name"', '$."object.involvedObject".name', '$.object."involvedObject.name"', '$.object.involvedObject.name'])) as "object.involvedObject.name",
    coalesce(spl_text_at(_raw, ['$."object.involvedObject.namespace"', '$."object.involvedObject".namespace', '$.object."involvedObject.namespace"', '$.object.involvedObject.namespace']), spl_text_at("attributes", ['$."object.involvedObject.namespace"', '$."object.involvedObject".namespace', '$.object."involvedObject.namespace"', '$.object.involvedObject.namespace']), spl_text_at("resource", ['$."object.involvedObject.namespace"', '$."object.involvedObject".namespace', '$.object."involvedObject.namespace"', '$.object.involvedObject.namespace'])) as "object.involvedObject.namespace",
    coalesce(spl_text_at(_raw, ['$."object.involvedObject.kind"', '$."object.involvedObject".kind', '$.object."involvedObject.kind"', '$.object.involvedObject.kind']), spl_text_at("attributes", ['$."object.involvedObject.kind"', '$."object.involvedObject".kind', '$.object."involvedObject.kind"', '$.object.involvedObject.kind']), spl_text_at("resource", ['$."object.involvedObject.kind"', '$."object.involvedObject".kind', '$.object."involvedObject.kind"', '$.object.involvedObject.kind'])) as "object.involvedObject.kind",
    coalesce(spl_text_at(_raw, ['$."object.involvedObject.reason"', '$."object.involvedObject".reason', '$.object."involvedObject.reason"', '$.object.involvedObject.reason']), spl_text_at("attributes", ['$."object.involvedObject.reason"', '$."object.involvedObject".reason', '$.object."involvedObject.reason"', '$.object.involvedObject.reason']), spl_text_at("resource", ['$."object.involvedObject.reason"', '$."object.involvedObject".reason', '$.object."involvedObject.reason"', '$.object.involvedObject.reason'])) as "object.involvedObject.reason",
    coalesce(spl_text_at(_raw, ['$."object.involvedObject.message"', '$."object.involvedObject".message', '$.object."involvedObject.message"', '$.object.involvedObject.message']), spl_text_at("attributes", ['$."object.involvedObject.message"', '$."object.involvedObject".message', '$.object."involvedObject.message"', '$.object.involvedObject.message']), spl_text_at("resource", ['$."object.involvedObject.message"', '$."object.involvedObject".message', '$.object."involvedObject.message"', '$.object.involvedObject.message'])) as "object.involvedObject.message",
    coalesce(spl_text_at(_raw, ['$."object.involvedObject.source.host"', '$."object.involvedObject.source".host', '$."object.involvedObject"."source.host"', '$."object.involvedObject".source.host', '$.object."involvedObject.source.host"', '$.object."involvedObject.source".host', '$.object.involvedObject."source.host"', '$.object.involvedObject.source.host']), spl_text_at("attributes", ['$."object.involvedObject.source.host"', '$."object.involvedObject.source".host', '$."object.involvedObject"."source.host"', '$."object.involvedObject".source.host', '$.object."involvedObject.source.host"', '$.object."involvedObject.source".host', '$.object.involvedObject."source.host"', '$.object.involvedObject.source.host']), spl_text_at("resource", ['$."object.involvedObject.source.host"', '$."object.involvedObject.source".host', '$."object.involvedObject"."source.host"', '$."object.involvedObject".source.host', '$.object."involvedObject.source.host"', '$.object."involvedObject.source".host', '$.object.involvedObject."source.host"', '$.object.involvedObject.source.host'])) as "object.involvedObject.source.host"
  from "logs"
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("sourcetype") = 'kube:objects:events'
    and (lower(coalesce(spl_text_at(_raw, ['$."object.message"', '$.object.message']), spl_text_at("attributes", ['$."object.message"', '$.object.message']), spl_text_at("resource", ['$."object.message"', '$.object.message']))) like 'pulling image %kube-hunter%' or lower(coalesce(spl_text_at(_raw, ['$."object.message"', '$.object.message']), spl_text_at("attributes", ['$."object.message"', '$.object.message']), spl_text_at("resource", ['$."object.message"', '$.object.message']))) like 'pulling image %kube-bench%' or lower(coalesce(spl_text_at(_raw, ['$."object.message"', '$.object.message']), spl_text_at("attributes", ['$."object.message"', '$.object.message']), spl_text_at("resource", ['$."object.message"', '$.object.message']))) like 'pulling image %kube-recon%' or lower(coalesce(spl_text_at(_raw, ['$."object.message"', '$.object.message']), spl_text_at("attributes", ['$."object.message"', '$.object.message']), spl_text_at("resource", ['$."object.message"', '$.object.message']))) like 'pulling image %kube-recon%')
),
rename_2_step_1 as (
  select
    _time,
    case when count("object.name") over () > 0 then "object.name" else "name" end as "name",
    case when count("object.namespace") over () > 0 then "object.namespace" else "namespace" end as "namespace",
    case when count("object.kind") over () > 0 then "object.kind" else "kind" end as "kind",
    case when count("object.reason") over () > 0 then "object.reason" else "reason" end as "reason",
    case when count("object.message") over () > 0 then "object.message" else "message" end as "message",
    case when count("object.source.host") over () > 0 then "object.source.host" else "source.host" end as "source.host",
    case when count("object.involvedObject.name") over () > 0 then "object.involvedObject.name" else "involvedObject.name" end as "involvedObject.name",
    case when count("object.involvedObject.namespace") over () > 0 then "object.involvedObject.namespace" else "involvedObject.namespace" end as "involvedObject.namespace",
    case when count("object.involvedObject.kind") over () > 0 then "object.involvedObject.kind" else "involvedObject.kind" end as "involvedObject.kind",
    case when count("object.involvedObject.reason") over () > 0 then "object.involvedObject.reason" else "involvedObject.reason" end as "involvedObject.reason",
    case when count("object.involvedObject.message") over () > 0 then "object.involvedObject.message" else "involvedObject.message" end as "involvedObject.message",
    case when count("object.involvedObject.source.host") over () > 0 then "object.involvedObject.source.host" else "involvedObject.source.host" end as "involvedObject.source.host"
  from search_1
),
rename_3_step_1 as (
  select
    _time,
    case when count("involvedObject.name") over () > 0 then "involvedObject.name" else "name" end as "name",
    case when count("involvedObject.namespace") over () > 0 then "involvedObject.namespace" else "namespace" end as "namespace",
    case when count("involvedObject.kind") over () > 0 then "involvedObject.kind" else "kind" end as "kind",
    case when count("involvedObject.reason") over () > 0 then "involvedObject.reason" else "reason" end as "reason",
    case when count("involvedObject.message") over () > 0 then "involvedObject.message" else "message" end as "message",
    case when count("involvedObject.source.host") over () > 0 then "involvedObject.source.host" else "source.host" end as "source.host"
  from rename_2_step_1
),
eval_5 as (
  select
    _time,
    "name",
    "namespace",
    "kind",
    "reason",
    "message",
    "source.host" as "host",
    'operate' as "phase"
  from rename_3_step_1
),
eval_6 as (
  select
    _time,
    "name",
    "namespace",
    "kind",
    "reason",
    "message",
    "host",
    "phase",
    'high' as "severity"
  from eval_5
),
stats_7 as (
  select
    "host",
    "name",
    "namespace",
    "kind",
    "reason",
    "message",
    "phase",
    "severity",
    min(_time) as "firstTime",
    max(_time) as "lastTime",
    count(*) as "count"
  from eval_6
  where "host" is not null
    and "name" is not null
    and "namespace" is not null
    and "kind" is not null
    and "reason" is not null
    and "message" is not null
  group by "host", "name", "namespace", "kind", "reason", "message", "phase", "severity"
),
convert_8 as (
  select
    "host",
    "name",
    "namespace",
    "kind",
    "reason",
    "message",
    "phase",
    "severity",
    coalesce(spl_strftime("firstTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("firstTime")) as "firstTime",
    "lastTime",
    "count"
  from stats_7
),
convert_9 as (
  select
    "host",
    "name",
    "namespace",
    "kind",
    "reason",
    "message",
    "phase",
    "severity",
    "firstTime",
    coalesce(spl_strftime("lastTime", '%Y-%m-%dT%H:%M:%S'), spl_number_text("lastTime")) as "lastTime",
    "count"
  from convert_8
)
select
  "host",
  "name",
  "namespace",
  "kind",
  "reason",
  "message",
  "phase",
  "severity",
  "firstTime",
  "lastTime",
  "count"
from convert_9
order by "host", "name", "namespace", "kind", "reason", "message", "phase", "severity"
