-- A JSON object with this value under a key: in the place of the one it has there, else behind all others.
create or replace macro spl_json_with(object, key, value) as
  list_transform(
    [{'whole': object, 'key': key, 'value': value}],
    lambda given: '{' || array_to_string(
      list_concat(
        list_transform(
          list_zip(json_keys(given.whole), json_extract(given.whole, '$.*')),
          lambda entry: to_json(entry[1])::varchar || ':' || if(entry[1] = given.key, given.value, entry[2]::varchar)
        ),
        if(list_contains(json_keys(given.whole), given.key), []::varchar[], [to_json(given.key)::varchar || ':' || given.value])
      ),
      ','
    ) || '}'
  )[1];
