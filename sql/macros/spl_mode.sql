-- The text that a list holds most often; of several that it holds equally often the first in the order of bytes.
create or replace macro spl_mode(members) as
  list_sort(
    list_transform(
      map_entries(list_aggregate(members, 'histogram')),
      lambda entry: row(-entry.value::bigint, entry.key)
    )
  )[1][2];
