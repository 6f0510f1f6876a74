-- The members of a JSON array as texts, those of objects and arrays their JSON; null where there are none. JSON null is no value.
-- Texts have their quotes where `quoted`.
create or replace macro spl_json_members(document, quoted) as
  nullif(
    list_filter(
      flatten(
        list_transform(
          [document],
          lambda whole: list_transform(
            case when json_valid(whole) and json_type(whole) = 'ARRAY' then json_extract(whole, '$[*]')::json[] end,
            lambda element: case when element ->> '$' is null then null when quoted then element::varchar else element ->> '$' end
          )
        )
      ),
      lambda found: found is not null
    ),
    []::varchar[]
  );
