-- What leaves Pintail, written in the transaction that found it and removed once it has arrived; and risk incidents.
--
-- outbox is a queue per destination in the order of sequence. pending rows wait for their turn; dead rows were
-- refused for good by the other side and stay to be seen. payload is the event as JSON text.
-- (event_id, destination) is unique, kept so by the only statement that inserts: writers queue, and DuckDB's unique
-- index refuses a key that the same transaction deleted.
-- outbox_delivery remembers for a while what has arrived, so that a repeated run does not send it again.
-- incident keeps the risk events that it fired on: the same evidence never fires twice.

create sequence outbox_sequence;

create table outbox (
  sequence bigint not null,
  event_id varchar not null,
  destination varchar not null,
  payload json not null,
  payload_bytes bigint not null,
  enqueued_at timestamp not null,
  attempts integer not null default 0,
  next_attempt_at timestamp,
  last_error varchar,
  status varchar not null default 'pending' check (status in ('pending', 'dead'))
);

create table outbox_delivery (
  event_id varchar not null,
  destination varchar not null,
  delivered_at timestamp not null
);

create table incident (
  incident_id varchar not null,
  rule varchar not null,
  _time timestamp not null,
  risk_object varchar not null,
  risk_object_type varchar not null,
  severity varchar not null,
  risk_score double not null,
  sources varchar[] not null,
  tactic_ids varchar[] not null,
  risk_event_ids varchar[] not null,
  message varchar not null
);
