-- The members of an array in a JSON document: the text of a scalar, the JSON text of an object or array; null where there are none.
-- Paths as in spl_text_at.
create or replace macro spl_json_list_at(document, paths) as
  nullif(
    list_filter(
      list_transform(
        json_extract(
          list_filter(try(json_extract(document, paths)), lambda candidate: left(candidate::varchar, 1) = '[')[1],
          '$[*]'
        )::json[],
        lambda element: element ->> '$'
      ),
      lambda found: found is not null
    ),
    []::varchar[]
  );
