-- Seconds as [D+]HH:MM:SS, as tostring(x, "duration") writes them.
create or replace macro spl_duration(seconds) as
  case
    when seconds is null then null
    else
      if(seconds < 0, '-', '')
      || if(abs(seconds) >= 86400, (floor(abs(seconds) / 86400))::bigint::varchar || '+', '')
      || lpad(((floor(abs(seconds) / 3600))::bigint % 24)::varchar, 2, '0') || ':'
      || lpad(((floor(abs(seconds) / 60))::bigint % 60)::varchar, 2, '0') || ':'
      || lpad(((floor(abs(seconds)))::bigint % 60)::varchar, 2, '0')
  end;
