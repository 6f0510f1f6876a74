-- The pairs of a text in order: each match of `piece` whose whole is a key and a value as the two groups of `pair` take them out of it,
-- without blanks and double quotes around them. A pair without a key or a value is none.
create or replace macro spl_delimited_pairs(document, piece, pair) as
  list_filter(
    list_transform(
      regexp_extract_all(document, piece),
      lambda found: {
        'key': regexp_replace(trim(regexp_extract(found, pair, 1), e' \t\n\f\r'), '(?s)^"(.*)"$', '\1'),
        'value': regexp_replace(trim(regexp_extract(found, pair, 2), e' \t\n\f\r'), '(?s)^"(.*)"$', '\1')
      }
    ),
    lambda made: made.key <> '' and made.value <> ''
  );
