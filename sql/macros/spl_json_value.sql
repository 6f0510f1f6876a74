-- The text of a field as a value within JSON: what looks like a number is one, an array or object stands as it is, all else is a text.
create or replace macro spl_json_value(content) as
  list_transform(
    [content],
    lambda whole: coalesce(
      spl_number_text(spl_number(whole)),
      case when regexp_matches(whole, '^\s*[\[{]') and spl_json_valid(whole) then json_extract(whole, '$')::varchar end,
      to_json(whole)::varchar
    )
  )[1];
