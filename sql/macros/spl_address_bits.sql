-- The 128 bits of an IPv6 address as text of 0 and 1; null where the text is none. A `::` stands for as many zero groups as are missing.
create or replace macro spl_address_bits(address) as
  case
    when regexp_full_match(address, '(?i)[0-9a-f:]{2,39}')
      and len(string_split(address, '::')) <= 2
      and len(list_filter(string_split(replace(address, '::', ':'), ':'), lambda part: part <> '')) <= 8
      and (contains(address, '::') or len(string_split(address, ':')) = 8)
      and regexp_full_match(address, '(?i)([0-9a-f]{0,4}:){1,8}[0-9a-f]{0,4}')
      then
        array_to_string(
          list_transform(
            list_concat(
              list_filter(string_split(string_split(address, '::')[1], ':'), lambda part: part <> ''),
              list_transform(
                range(8 - len(list_filter(string_split(replace(address, '::', ':'), ':'), lambda part: part <> ''))),
                lambda missing: '0'
              ),
              list_filter(string_split(coalesce(string_split(address, '::')[2], ''), ':'), lambda part: part <> '')
            ),
            lambda part: right(bin(('0x' || part)::bigint + 65536), 16)
          ),
          ''
        )
  end;
