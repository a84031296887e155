-- Entries that agents tell until they are accepted: each is entered once. A server of the version before writes none of them.

alter table audit_entries
  -- Made by the agent; null for decisions of the server's own. Not hashed: it says nothing about what was decided.
  add column delivery_id uuid;
create unique index audit_entries_delivery_idx on audit_entries (environment, delivery_id) where delivery_id is not null;
