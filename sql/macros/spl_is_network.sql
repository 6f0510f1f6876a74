-- Whether a text is a network of IP addresses: `10.0.0.0/8`, `2001:db8::/32`; null of nothing.
create or replace macro spl_is_network(network) as
  case
    when regexp_full_match(
      network,
      '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])/[0-9]{1,3}'
    )
      then string_split(network, '/')[2]::int <= 32
    when regexp_full_match(network, '(?i)[0-9a-f:]{2,39}/[0-9]{1,3}')
      then spl_address_bits(string_split(network, '/')[1]) is not null and string_split(network, '/')[2]::int <= 128
    when network is not null
      then regexp_full_match(network, '(?i)[0-9a-f:]*:([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,3}')
  end;
