-- What a line of text writes as key=value, in order, keys as they stand there; null where the text is JSON. What a value is, see
-- spl_pair_at.
create or replace macro spl_pairs(line) as
  case
    when starts_with(ltrim(line), '{') then null
    when left(ltrim(line), 1) in ('[', '"') and json_valid(line) then null
    else
      list_transform(
        regexp_extract_all(
          line,
          '[A-Za-z0-9_.\-]+=(?:"[^"]*"|(?:\([^\s()]*\)|\[[^\s\[\]]*\]|\{[^\s{}]*\}|[^\s,;&"()\[\]{}])+)'
        ),
        lambda pair: {
          'key': split_part(pair, '=', 1),
          'value': regexp_replace(substr(pair, position('=' in pair) + 1), '(?s)^"(.*)"$', '\1')
        }
      )
  end;
