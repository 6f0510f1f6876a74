-- An IPv4 address with the bits of a mask, as text; null where either is none.
create or replace macro spl_ip_mask(mask, address) as
  case
    when regexp_full_match(mask, '((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])')
      and regexp_full_match(address, '((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])')
      then array_to_string(
        list_transform(
          list_zip(string_split(mask, '.'), string_split(address, '.')),
          lambda pair: (try_cast(pair[1] as int) & try_cast(pair[2] as int))::varchar
        ),
        '.'
      )
  end;
