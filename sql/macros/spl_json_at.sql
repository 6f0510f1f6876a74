-- What stands at a path of a JSON document: the text of a scalar, the JSON text of an object or array; null where there is
-- nothing. Paths as in spl_text_at.
create or replace macro spl_json_at(document, paths) as
  list_filter(
    list_transform(try(json_extract(document, paths)), lambda fragment: fragment ->> '$'),
    lambda found: found is not null
  )[1];
