with search_1 as materialized (
  select
    "objectRef"."name" as "objectRef.name",
    "objectRef"."namespace" as "objectRef.namespace",
    "objectRef"."resource" as "objectRef.resource",
    spl_text_at(coalesce("event", _raw), ['$.requestReceivedTimestamp']) as "requestReceivedTimestamp",
    "requestURI",
    "responseStatus"."code"::varchar as "responseStatus.code",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}",
    "stage",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    "user"."uid" as "user.uid",
    "user"."username" as "user.username",
    "userAgent",
    "verb"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and lower("objectRef"."resource") = 'secrets'
    and lower("verb") = 'get'
),
iplocation_2_lists as (
  select "sourceIPs{}" as "address"
  from search_1
  where "sourceIPs{}" is not null
  group by "sourceIPs{}"
),
iplocation_2_members as materialized (
  select "address", unnest("address") as "member", generate_subscripts("address", 1) as "position"
  from iplocation_2_lists
),
iplocation_2_addresses as (
  select "member" as "address", spl_iplocation("member") as "location"
  from iplocation_2_members
  where "member" is not null
  group by "member"
),
iplocation_2_located as (
  select
    iplocation_2_members."address",
    iplocation_2_members."position",
    iplocation_2_addresses."location"
  from iplocation_2_members
  left join iplocation_2_addresses on iplocation_2_addresses."address" = iplocation_2_members."member"
),
iplocation_2_found as (
  select "address", list("location" order by "position") as "location"
  from iplocation_2_located
  where "location" is not null
  group by "address"
),
iplocation_2 as (
  select
    search_1."objectRef.name",
    search_1."objectRef.namespace",
    search_1."objectRef.resource",
    search_1."requestReceivedTimestamp",
    search_1."requestURI",
    search_1."responseStatus.code",
    search_1."sourceIPs{}",
    search_1."stage",
    search_1."user.groups{}",
    search_1."user.uid",
    search_1."user.username",
    search_1."userAgent",
    search_1."verb",
    list_transform(iplocation_2_found."location", lambda location_: coalesce(location_."City", '')) as "City",
    list_transform(iplocation_2_found."location", lambda location_: coalesce(location_."Country", '')) as "Country"
  from search_1
  left join iplocation_2_found on iplocation_2_found."address" = search_1."sourceIPs{}"
),
fillnull_3 as (
  select
    coalesce("objectRef.name", '0') as "objectRef.name",
    coalesce("objectRef.namespace", '0') as "objectRef.namespace",
    coalesce("objectRef.resource", '0') as "objectRef.resource",
    coalesce("requestReceivedTimestamp", '0') as "requestReceivedTimestamp",
    coalesce("requestURI", '0') as "requestURI",
    coalesce("responseStatus.code", '0') as "responseStatus.code",
    coalesce("sourceIPs{}", ['0']) as "sourceIPs{}",
    coalesce("stage", '0') as "stage",
    coalesce("user.groups{}", ['0']) as "user.groups{}",
    coalesce("user.uid", '0') as "user.uid",
    coalesce("user.username", '0') as "user.username",
    coalesce("userAgent", '0') as "userAgent",
    coalesce("verb", '0') as "verb",
    case when count("City") over () > 0 then coalesce("City", ['0']) end as "City",
    case when count("Country") over () > 0 then coalesce("Country", ['0']) end as "Country"
  from iplocation_2
),
search_4 as (
  select *
  from fillnull_3
  where (list_bool_or(list_transform("Country", lambda member_: lower(member_) = 'united states'))) is not true
),
stats_5_each_1 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "stage",
    "user.groups{}",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "City",
    "Country",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from search_4
),
stats_5_each_2 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "stage",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "City",
    "Country",
    "sourceIPs{}",
    unnest("user.groups{}") as "user.groups{}"
  from stats_5_each_1
),
stats_5_each_3 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "stage",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "Country",
    "sourceIPs{}",
    "user.groups{}",
    unnest("City") as "City"
  from stats_5_each_2
),
stats_5_each_4 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "stage",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "sourceIPs{}",
    "user.groups{}",
    "City",
    unnest("Country") as "Country"
  from stats_5_each_3
),
stats_5 as (
  select
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.groups{}",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "City",
    "Country",
    count(*) as "count"
  from stats_5_each_4
  where "sourceIPs{}" is not null
    and "user.groups{}" is not null
    and "City" is not null
    and "Country" is not null
  group by
    "objectRef.name",
    "objectRef.namespace",
    "objectRef.resource",
    "requestReceivedTimestamp",
    "requestURI",
    "responseStatus.code",
    "sourceIPs{}",
    "stage",
    "user.groups{}",
    "user.uid",
    "user.username",
    "userAgent",
    "verb",
    "City",
    "Country"
)
select
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestReceivedTimestamp",
  "requestURI",
  "responseStatus.code",
  "sourceIPs{}" as "src_ip",
  "stage",
  "user.groups{}",
  "user.uid",
  "user.username" as "user",
  "userAgent",
  "verb",
  "City",
  "Country",
  "count"
from stats_5
order by
  "objectRef.name",
  "objectRef.namespace",
  "objectRef.resource",
  "requestReceivedTimestamp",
  "requestURI",
  "responseStatus.code",
  "sourceIPs{}",
  "stage",
  "user.groups{}",
  "user.uid",
  "user.username",
  "userAgent",
  "verb",
  "City",
  "Country"
