-- False where the list of an event's keys (object_keys) is known and none of them ends in these letters, digits, `_` and `-`.
create or replace macro spl_may_name(keys, key_end) as
  coalesce(contains(keys, ' ' || key_end || ' '), true);
