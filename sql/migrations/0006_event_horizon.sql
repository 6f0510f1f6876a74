-- Events that arrived before this time are gone, whether for their age or for want of room. Set before the first of
-- them is deleted. A finished window that begins before it is not opened again: its events are no longer all there.
create table event_horizon (
  arrived_before timestamp not null
);
insert into event_horizon values (timestamp '1970-01-01');
