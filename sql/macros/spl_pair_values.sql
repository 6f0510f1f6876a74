-- The values of all pairs with that key; null where there are none.
create or replace macro spl_pair_values(pairs, field) as
  nullif(
    list_transform(list_filter(pairs, lambda pair: pair.key = field), lambda pair: pair.value),
    []::varchar[]
  );
