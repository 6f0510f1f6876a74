-- A JSON array with one more value behind its members; of anything else an array of that and the value.
create or replace macro spl_json_append(document, value) as
  list_transform(
    [{'whole': document, 'value': value}],
    lambda given: '[' || array_to_string(
      list_concat(
        case
          when json_type(given.whole) = 'ARRAY' then list_transform(json_extract(given.whole, '$[*]')::json[], lambda member: member::varchar)
          else [given.whole]
        end,
        [given.value]
      ),
      ','
    ) || ']'
  )[1];
