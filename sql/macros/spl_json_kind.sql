-- What sort of JSON a text is, as json_type names it (ARRAY, OBJECT, VARCHAR, BIGINT …); null where it is no JSON.
create or replace macro spl_json_kind(document) as
  list_transform([document], lambda whole: case when spl_json_valid(whole) then json_type(whole) end)[1];
