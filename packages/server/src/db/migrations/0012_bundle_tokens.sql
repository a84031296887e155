-- The token by which an attempt fetches the bundle of its run, as SHA-256. A server of the version before goes on beside this one: it
-- knows no such token and issues none.

alter table attempts
  -- Null: none was asked for. It is worth nothing once the attempt has ended.
  add column bundle_token_hash bytea;

create index attempts_bundle_token_idx on attempts (bundle_token_hash)
  where bundle_token_hash is not null and state in ('granted', 'running', 'uncertain');
