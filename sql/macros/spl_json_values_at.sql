-- The values at one path of a JSON document as texts: the members of an array, else what stands there; those of objects and arrays
-- their JSON. Null where there is nothing, where there is JSON null only, or where the text is no JSON.
create or replace macro spl_json_values_at(document, path) as
  nullif(
    list_filter(
      flatten(
        list_transform(
          [document],
          lambda whole: list_transform(
            case
              when not json_valid(whole) then []::json[]
              when json_type(whole, path) = 'ARRAY' then json_extract(json_extract(whole, path), '$[*]')::json[]
              else [json_extract(whole, path)]
            end,
            lambda element: element ->> '$'
          )
        )
      ),
      lambda found: found is not null
    ),
    []::varchar[]
  );
