-- The value of a field that a line of text writes as key=value, as Splunk's automatic extraction reads it; null where there is
-- none or the text is JSON. Of a key every character that is no letter, digit or _ counts as _, and those and digits in front do
-- not count. A value ends at a blank, a comma, a semicolon, an & or a bracket that it did not open, unless it stands in double
-- quotes. Of a key that comes twice the first counts.
create or replace macro spl_pair_at(line, field) as
  case
    when starts_with(ltrim(line), '{') then null
    when left(ltrim(line), 1) in ('[', '"') and json_valid(line) then null
    when contains(line, '=')
      then
        list_transform(
          list_filter(
            regexp_extract_all(
              line,
              '[A-Za-z0-9_.\-]+=(?:"[^"]*"|(?:\([^\s()]*\)|\[[^\s\[\]]*\]|\{[^\s{}]*\}|[^\s,;&"()\[\]{}])+)'
            ),
            lambda pair: regexp_replace(regexp_replace(split_part(pair, '=', 1), '[^A-Za-z0-9_]', '_', 'g'), '^[_0-9]+', '') = field
          )[1:1],
          lambda pair: regexp_replace(substr(pair, position('=' in pair) + 1), '(?s)^"(.*)"$', '\1')
        )[1]
  end;
