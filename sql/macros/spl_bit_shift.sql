-- A whole number of 53 bits shifted to the left, or to the right by a negative number of places; what leaves the 53 bits is lost.
create or replace macro spl_bit_shift(value, places) as
  case
    when value is null or places is null then null
    when abs(places) >= 53 then 0::bigint
    when places < 0 then value >> (-places)
    else (value & (9007199254740991::bigint >> places)) << places
  end;
