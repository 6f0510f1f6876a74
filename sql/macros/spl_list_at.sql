-- The scalar members of an array in a JSON document as text, or null where there are none. Paths as in spl_text_at.
create or replace macro spl_list_at(document, paths) as
  nullif(
    list_filter(
      list_transform(
        json_extract(
          list_filter(try(json_extract(document, paths)), lambda candidate: left(candidate::varchar, 1) = '[')[1],
          '$[*]'
        )::json[],
        lambda element: case when left(element::varchar, 1) in ('{', '[') then null else element ->> '$' end
      ),
      lambda scalar: scalar is not null
    ),
    []::varchar[]
  );
