-- A JSON array with this value in the place of a member, counted from 0.
create or replace macro spl_json_with_member(members, place, value) as
  list_transform(
    [{'whole': members, 'place': place, 'value': value}],
    lambda given: '[' || array_to_string(
      list_transform(
        json_extract(given.whole, '$[*]')::json[],
        lambda member, index: if(index = given.place + 1, given.value, member::varchar)
      ),
      ','
    ) || ']'
  )[1];
