-- The longest part of a pattern that stands between its asterisks: what matches the pattern contains it, and that is quicker to see.
create or replace macro spl_longest_literal(pattern) as
  list_reduce(string_split(pattern, '*'), lambda longest, part: case when length(part) > length(longest) then part else longest end);
