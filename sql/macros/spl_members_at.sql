-- The members of an array in a JSON document, as JSON; null where there is none. Paths as in spl_text_at.
create or replace macro spl_members_at(document, paths) as
  json_extract(
    list_filter(try(json_extract(document, paths)), lambda candidate: left(candidate::varchar, 1) = '[')[1],
    '$[*]'
  );
