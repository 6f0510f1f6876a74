-- Text to epoch seconds, in a format with a time zone between its two parts; null where it does not fit. DuckDB's own %Z reads
-- abbreviations as the names of places, PST in July as daylight saving time, so it is only asked for names like Europe/Berlin.
create or replace macro spl_strptime_zone(value, before, behind) as
  coalesce(
    epoch(try_strptime(value, before || '%z' || behind)),
    epoch(try_strptime(value, [before || 'Z' || behind, before || 'UTC' || behind, before || 'GMT' || behind, before || 'UT' || behind])),
    epoch(try_strptime(value, before || 'EDT' || behind)) + 14400,
    epoch(try_strptime(value, [before || 'EST' || behind, before || 'CDT' || behind])) + 18000,
    epoch(try_strptime(value, [before || 'CST' || behind, before || 'MDT' || behind])) + 21600,
    epoch(try_strptime(value, [before || 'MST' || behind, before || 'PDT' || behind])) + 25200,
    epoch(try_strptime(value, before || 'PST' || behind)) + 28800,
    case when regexp_matches(value, '[A-Za-z]/[A-Z][a-z]') then epoch(try_strptime(value, before || '%Z' || behind)) end
  );
