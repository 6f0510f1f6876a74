-- Rounds half away from zero in decimal digits, as SPL's round does: round(2.675, 2) is 2.68, although the double is below it.
create or replace macro spl_round(value, digits) as
  case
    when value is null or digits is null then null
    when abs(value) >= 1e15 or abs(digits) > 12 then value
    else round(round(value * pow(10, digits), 6)) / pow(10, digits)
  end;
