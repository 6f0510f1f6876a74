-- Whether a text is JSON; null of nothing. DuckDB takes NaN and Infinity for JSON, which they are not.
create or replace macro spl_json_valid(document) as
  list_transform(
    [document],
    lambda whole: json_valid(whole)
      and not (
        regexp_matches(whole, '(?i)nan|inf')
        and regexp_matches(regexp_replace(whole, '"(?:[^"\\]|\\[\s\S])*"', '', 'g'), '(?i)nan|inf')
      )
  )[1];
