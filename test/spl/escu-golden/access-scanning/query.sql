with search_1 as materialized (
  select
    "userAgent",
    "user"."username" as "user.username",
    nullif("user"."groups", []::varchar[]) as "user.groups{}",
    "verb",
    "requestURI",
    "responseStatus"."code"::varchar as "responseStatus.code",
    "responseStatus"."message" as "responseStatus.message",
    "responseStatus"."reason" as "responseStatus.reason",
    "responseStatus"."status" as "responseStatus.status",
    nullif("sourceIPs", []::varchar[]) as "sourceIPs{}"
  from kube_audit
  where _time >= coalesce(getvariable('earliest')::timestamp, '-infinity'::timestamp)
    and _time < coalesce(getvariable('latest')::timestamp, 'infinity'::timestamp)
    and list_bool_or(list_transform("user"."groups", lambda member_: lower(member_) = 'system:unauthenticated'))
    and "responseStatus"."code" = 403
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
    search_1."userAgent",
    search_1."user.username",
    search_1."user.groups{}",
    search_1."verb",
    search_1."requestURI",
    search_1."responseStatus.code",
    search_1."responseStatus.message",
    search_1."responseStatus.reason",
    search_1."responseStatus.status",
    search_1."sourceIPs{}",
    list_transform(iplocation_2_found."location", lambda location_: coalesce(location_."City", '')) as "City",
    list_transform(iplocation_2_found."location", lambda location_: coalesce(location_."Country", '')) as "Country"
  from search_1
  left join iplocation_2_found on iplocation_2_found."address" = search_1."sourceIPs{}"
),
stats_3_each_1 as (
  select
    "userAgent",
    "user.username",
    "user.groups{}",
    "verb",
    "requestURI",
    "responseStatus.code",
    "responseStatus.message",
    "responseStatus.reason",
    "responseStatus.status",
    "City",
    "Country",
    unnest("sourceIPs{}") as "sourceIPs{}"
  from iplocation_2
),
stats_3_each_2 as (
  select
    "userAgent",
    "user.username",
    "user.groups{}",
    "verb",
    "requestURI",
    "responseStatus.code",
    "responseStatus.message",
    "responseStatus.reason",
    "responseStatus.status",
    "City",
    "sourceIPs{}",
    unnest("Country") as "Country"
  from stats_3_each_1
),
stats_3_each_3 as (
  select
    "userAgent",
    "user.username",
    "user.groups{}",
    "verb",
    "requestURI",
    "responseStatus.code",
    "responseStatus.message",
    "responseStatus.reason",
    "responseStatus.status",
    "sourceIPs{}",
    "Country",
    unnest("City") as "City"
  from stats_3_each_2
),
stats_3 as (
  select
    "sourceIPs{}",
    "Country",
    "City",
    count(*) as "count",
    list(distinct "userAgent" order by "userAgent") filter (where "userAgent" is not null) as "userAgent",
    list(distinct "user.username" order by "user.username") filter (where "user.username" is not null) as "user.username",
    nullif(list_sort(list_distinct(flatten(list("user.groups{}") filter (where "user.groups{}" is not null)))), []::varchar[]) as "user.groups{}",
    list(distinct "verb" order by "verb") filter (where "verb" is not null) as "verb",
    list(distinct "requestURI" order by "requestURI") filter (where "requestURI" is not null) as "requestURI",
    list(distinct "responseStatus.code" order by "responseStatus.code") filter (where "responseStatus.code" is not null) as "responseStatus.code",
    list(distinct "responseStatus.message" order by "responseStatus.message") filter (where "responseStatus.message" is not null) as "responseStatus.message",
    list(distinct "responseStatus.reason" order by "responseStatus.reason") filter (where "responseStatus.reason" is not null) as "responseStatus.reason",
    list(distinct "responseStatus.status" order by "responseStatus.status") filter (where "responseStatus.status" is not null) as "responseStatus.status"
  from stats_3_each_3
  where "sourceIPs{}" is not null
    and "Country" is not null
    and "City" is not null
  group by "sourceIPs{}", "Country", "City"
),
where_4 as (
  select *
  from stats_3
  where "count" > 5
)
select
  "sourceIPs{}" as "src_ip",
  "Country",
  "City",
  "count",
  "userAgent",
  "user.username" as "user",
  "user.groups{}",
  "verb",
  "requestURI",
  "responseStatus.code",
  "responseStatus.message",
  "responseStatus.reason",
  "responseStatus.status"
from where_4
order by "sourceIPs{}", "Country", "City"
