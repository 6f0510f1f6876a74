-- Pairs with the keys that Splunk makes field names of: every character that is no letter, digit or _ is _, and those and digits in
-- front are left out.
create or replace macro spl_clean_keys(pairs) as
  list_transform(
    pairs,
    lambda pair: {
      'key': regexp_replace(regexp_replace(pair.key, '[^A-Za-z0-9_]', '_', 'g'), '^[_0-9]+', ''),
      'value': pair.value
    }
  );
