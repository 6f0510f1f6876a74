-- Epoch seconds as TIMESTAMP (UTC); null beyond what a TIMESTAMP can hold.
create or replace macro spl_timestamp(seconds) as make_timestamp(try_cast(floor(seconds::double * 1000000) as bigint));
