-- What stands at one path of a JSON document, as JSON; null where there is nothing or the text is no JSON.
create or replace macro spl_json_fragment(document, path) as
  list_transform([document], lambda whole: case when json_valid(whole) then json_extract(whole, path) end)[1];
