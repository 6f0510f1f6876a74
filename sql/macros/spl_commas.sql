-- A number with a comma between thousands and at most two decimals, as tostring(x, "commas") writes it.
create or replace macro spl_commas(value) as
  case
    when value = trunc(value) then format('{:,}', value::bigint)
    else format('{:,}', trunc(round(value, 2))::bigint) || right(format('{:.2f}', abs(round(value, 2))), 3)
  end;
