-- A number as SPL writes it: without a fraction where it has none, else the shortest decimal digits that mean it.
create or replace macro spl_number_text(value) as
  case
    when value::double = trunc(value::double) and abs(value::double) < 1e17 then value::hugeint::varchar
    else value::varchar
  end;
