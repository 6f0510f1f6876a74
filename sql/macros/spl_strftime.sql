-- Epoch seconds as text in UTC, in a format of DuckDB's strftime; null outside the years that a TIMESTAMP can hold.
create or replace macro spl_strftime(seconds, format) as
  strftime(make_timestamp(try_cast(floor(seconds::double * 1000000) as bigint)), format);
