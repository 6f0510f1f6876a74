-- Text to epoch seconds (UTC where the text names no zone); null where it does not fit the format.
create or replace macro spl_strptime(value, format) as epoch(try_strptime(value, format));
