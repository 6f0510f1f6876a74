-- The keys of a JSON object as a JSON array; null of anything else.
create or replace macro spl_json_keys(document) as
  try(case when json_type(document) = 'OBJECT' then to_json(json_keys(document))::varchar end);
