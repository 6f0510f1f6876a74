-- The number that a text looks like to SPL, or null: decimal digits, a point, an exponent; no blanks within, no infinity,
-- no underscores or other forms that DuckDB would take.
create or replace macro spl_number(value) as
  case
    when regexp_full_match(value, '\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*')
      then nullif(abs(try_cast(trim(value) as double)), 'infinity'::double) * if(regexp_matches(value, '^\s*-'), -1, 1)
  end;
