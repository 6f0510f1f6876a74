-- Whether a text is an IP address that lies in a network (`10.0.0.0/8`, `2001:db8::/32`); null where there is no text, or the
-- network is none. An address is a number of 32 or 128 bits: IPv6 groups are laid out with the run that `::` stands for filled
-- by zeros.
create or replace macro spl_in_network(address, network) as (
  case
    when address is null or spl_is_network(network) is not true then null
    when regexp_full_match(address, '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])')
      then
        case
          when contains(network, ':') then false
          else
            list_reduce(
              list_transform(string_split(address, '.'), lambda octet: octet::uhugeint),
              lambda high, low: high * 256 + low
            ) // (2 ** (32 - string_split(network, '/')[2]::int))::uhugeint
            = list_reduce(
              list_transform(string_split(string_split(network, '/')[1], '.'), lambda octet: octet::uhugeint),
              lambda high, low: high * 256 + low
            ) // (2 ** (32 - string_split(network, '/')[2]::int))::uhugeint
        end
    when contains(address, ':')
      then
        coalesce(
          left(spl_address_bits(address), string_split(network, '/')[2]::int)
          = left(spl_address_bits(string_split(network, '/')[1]), string_split(network, '/')[2]::int),
          false
        )
    else false
  end
);
