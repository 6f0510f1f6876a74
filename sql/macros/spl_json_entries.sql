-- The keys of a JSON object with their values, as a JSON array of objects with `key` and `value`; null of anything else.
create or replace macro spl_json_entries(document) as
  list_transform(
    [document],
    lambda whole: case
      when spl_json_valid(whole) and json_type(whole) = 'OBJECT' then '[' || array_to_string(
        list_transform(
          list_zip(json_keys(whole), json_extract(whole, '$.*')),
          lambda entry: '{"key":' || to_json(entry[1])::varchar || ',"value":' || entry[2]::varchar || '}'
        ),
        ','
      ) || ']'
    end
  )[1];
