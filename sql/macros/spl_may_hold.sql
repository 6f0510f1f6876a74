-- False where no key of a JSON document ends in these letters, digits, `_` and `-`: quickly said, without parsing it. An escape may hide
-- letters of a key (`\u0061`), so a document that has one may hold any.
create or replace macro spl_may_hold(document, key_end) as
  contains(document, key_end || '"') or contains(document, '\u');
