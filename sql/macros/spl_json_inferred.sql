-- The texts of a list as members of a JSON array: what is JSON stands as it is, anything else is null.
create or replace macro spl_json_inferred(members) as
  list_transform(
    [members],
    lambda given: '[' || array_to_string(
      list_transform(given, lambda member: case when spl_json_valid(member) then json_extract(member, '$')::varchar else 'null' end),
      ','
    ) || ']'
  )[1];
