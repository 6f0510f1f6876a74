-- The keys of a JSON object as a JSON array; null of anything else.
create or replace macro spl_json_keys(document) as
  list_transform(
    [document],
    lambda whole: case when json_valid(whole) and json_type(whole) = 'OBJECT' then to_json(json_keys(whole))::varchar end
  )[1];
