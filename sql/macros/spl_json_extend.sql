-- A JSON array with the members of another behind its own; of anything else an array of that and these. Unchanged where the other is
-- no array.
create or replace macro spl_json_extend(document, more) as
  list_transform(
    [{'whole': document, 'more': more}],
    lambda given: case
      when json_type(given.more) <> 'ARRAY' then given.whole
      else '[' || array_to_string(
        list_concat(
          case
            when json_type(given.whole) = 'ARRAY' then list_transform(json_extract(given.whole, '$[*]')::json[], lambda member: member::varchar)
            else [given.whole]
          end,
          list_transform(json_extract(given.more, '$[*]')::json[], lambda member: member::varchar)
        ),
        ','
      ) || ']'
    end
  )[1];
