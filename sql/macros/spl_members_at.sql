-- The members of an array in a JSON document, as JSON; null where there is none. Paths as in spl_text_at. The cast is for documents
-- that are constants: of these DuckDB (1.4) takes a result that is null for one JSON value.
create or replace macro spl_members_at(document, paths) as
  json_extract(
    list_filter(try(json_extract(document, paths)), lambda candidate: left(candidate::varchar, 1) = '[')[1],
    '$[*]'
  )::json[];
