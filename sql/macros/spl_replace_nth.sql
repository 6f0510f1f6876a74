-- The text with its nth match replaced. Every match is marked, with its replacement behind it; of each one of the two is kept. The mark
-- holds a digest of the text, so that no text holds its own mark.
create or replace macro spl_replace_nth(subject, pattern, replacement, nth) as
  array_to_string(
    list_filter(
      string_split(
        regexp_replace(
          subject,
          pattern,
          chr(57344) || md5(subject) || '\0' || chr(57344) || md5(subject) || replacement || chr(57344) || md5(subject),
          'g'
        ),
        chr(57344) || md5(subject)
      ),
      -- Text between matches, a match, its replacement, and so on.
      lambda part, place:
        case (place - 1) % 3
          when 0 then true
          when 1 then (place - 1) // 3 + 1 <> nth
          else (place - 1) // 3 + 1 = nth
        end
    ),
    ''
  );
