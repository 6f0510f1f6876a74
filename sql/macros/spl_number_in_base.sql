-- The number that a text of digits and letters writes in a base from 2 to 36; null where it is none.
create or replace macro spl_number_in_base(value, base) as
  list_transform(
    [list_transform(string_split(translate(value, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), ''), lambda digit: strpos('0123456789abcdefghijklmnopqrstuvwxyz', digit) - 1)],
    lambda digits: case
      when len(value) > 0 and list_min(digits) >= 0 and list_max(digits) < base
        then list_reduce(list_transform(digits, lambda digit: digit::double), lambda high, low: high * base + low)
    end
  )[1];
