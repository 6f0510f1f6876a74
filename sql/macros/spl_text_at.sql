-- The text of a scalar in a JSON document, or null. `paths` are the ways in which a dotted field name may be read as keys;
-- the first that leads to a scalar wins. Objects, arrays and JSON null have no text; malformed JSON has no fields.
-- One parse per document, however many paths.
create or replace macro spl_text_at(document, paths) as
  list_filter(
    list_transform(
      try(json_extract(document, paths)),
      lambda fragment: case when left(fragment::varchar, 1) in ('{', '[') then null else fragment ->> '$' end
    ),
    lambda scalar: scalar is not null
  )[1];
