-- What a reader of the first `most` characters of a JSON document has seen, as a document of its own: what is whole stays, what the
-- end cuts off (a text, a number that might go on, a key without a value) is left out, and what is open is closed.
create or replace macro spl_json_start(document, most) as
  case
    when length(document) <= most then document
    else
      list_transform(
        [regexp_extract_all(left(document, most), '"(?:[^"\\]|\\[\s\S])*"?|[{}\[\],:]|[^\s{}\[\],:"]+')],
        lambda tokens: list_transform(
          [
            tokens[
              1 : coalesce(
                list_position(
                  list_transform(tokens, lambda token: starts_with(token, '"') and not regexp_full_match(token, '"(?:[^"\\]|\\[\s\S])*"')),
                  true
                ) - 1,
                len(tokens) - if(regexp_matches(left(document, most), '[^\s{}\[\],:"]$'), 1, 0)
              )
            ]
          ],
          lambda whole: list_transform(
            [
              list_reduce(
                list_concat([''], whole),
                lambda closing, token: case
                  when token = '{' then '}' || closing
                  when token = '[' then ']' || closing
                  when token in ('}', ']') then substr(closing, 2)
                  else closing
                end
              )
            ],
            lambda closing: array_to_string(
              whole[
                1 : len(whole) - case
                  when whole[-1] = ',' then 1
                  when whole[-1] = ':' then if(whole[-3] = ',', 3, 2)
                  when starts_with(closing, '}') and whole[-2] = ',' then if(starts_with(whole[-1], '"'), 2, 0)
                  when starts_with(closing, '}') and whole[-2] = '{' then if(starts_with(whole[-1], '"'), 1, 0)
                  else 0
                end
              ],
              ' '
            ) || closing
          )[1]
        )[1]
      )[1]
  end;
