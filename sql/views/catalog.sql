-- What people may read, and how it is built: in place of information_schema, which lists the bookkeeping too.
-- Every view of main is meant for people; of its tables those that are named here, and the lookups.
create schema if not exists catalog;

create or replace view catalog.tables as
  select table_schema, table_name, table_type
  from information_schema.tables
  where table_catalog = current_database()
    and (
      table_schema in ('detection', 'catalog')
      or (
        table_schema = 'main'
        and (
          table_type = 'VIEW'
          or starts_with(table_name, 'lookup_')
          or table_name in (
            'kube_audit', 'logs', 'finding', 'risk_event', 'incident', 'detection_run', 'detection_window'
          )
        )
      )
    );

create or replace view catalog.columns as
  select "column".table_schema, "column".table_name, "column".column_name, "column".ordinal_position, "column".data_type
  from information_schema.columns as "column"
  semi join catalog.tables as listed
    on listed.table_schema = "column".table_schema and listed.table_name = "column".table_name
  where "column".table_catalog = current_database();

create or replace view catalog.views as
  select table_schema, table_name, view_definition
  from information_schema.views
  where table_catalog = current_database() and table_schema in ('main', 'detection', 'catalog');
