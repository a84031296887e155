-- What was handed on ends with what it was handed on from. A server of the version before goes on beside this one: what it hands on
-- from a console session names no parents, so it lives until it expires, as before.

-- Hashes of the console sessions that a link or session came through, the nearest last.
alter table console_links add column parents bytea[] not null default '{}';
alter table console_sessions add column parents bytea[] not null default '{}';

-- A sign-in that began before is refused.
alter table people add column revoked_at timestamptz;
