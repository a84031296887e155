-- Emergencies, what judgements were made of, and roles that answer for emergencies. A server of the version before goes on beside
-- this one: it opens no emergencies, and its judgements tell no facts.

alter table access_tokens drop constraint access_tokens_role_check,
  add constraint access_tokens_role_check check (role in ('viewer', 'business', 'engineer', 'release-manager', 'vp', 'on-call', 'administrator'));
alter table console_links drop constraint console_links_role_check,
  add constraint console_links_role_check check (role in ('viewer', 'business', 'engineer', 'release-manager', 'vp', 'on-call', 'administrator'));
alter table console_sessions drop constraint console_sessions_role_check,
  add constraint console_sessions_role_check check (role in ('viewer', 'business', 'engineer', 'release-manager', 'vp', 'on-call', 'administrator'));

alter table promotions
  -- Reason, skipped gates and when it expires; null: no emergency.
  add column emergency jsonb,
  -- What its gates were judged by last, for another policy to be tried on it.
  add column facts jsonb;

-- The newest one is what automatic edges bring in.
create index releases_created_idx on releases (created_at);
