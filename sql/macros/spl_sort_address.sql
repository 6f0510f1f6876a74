-- An IPv4 address as what it sorts by, or null where the text is none.
create or replace macro spl_sort_address(value) as
  case
    when regexp_full_match(value, '([0-9]{1,3}\.){3}[0-9]{1,3}')
      then list_reduce(list_transform(string_split(value, '.'), lambda octet: octet::bigint), lambda high, low: high * 1000 + low)
  end;
