-- A JSON object without a key; what is no object as it is.
create or replace macro spl_json_without(object, key) as
  list_transform(
    [{'whole': object, 'key': key}],
    lambda given: case
      when json_type(given.whole) = 'OBJECT' then '{' || array_to_string(
        list_transform(
          list_filter(
            list_zip(json_keys(given.whole), json_extract(given.whole, '$.*')),
            lambda entry: entry[1] <> given.key
          ),
          lambda entry: to_json(entry[1])::varchar || ':' || entry[2]::varchar
        ),
        ','
      ) || '}'
      else given.whole
    end
  )[1];
