-- Words belong to people and their accounts, not to names. A server of the version before goes on beside this one: it knows nobody behind
-- a service account, and what it writes is of no account, so that names are compared, as before.

-- Who issued a token of a service account, or stands behind the service account that did. Null: look at issued_by.
alter table access_tokens
  add column person_behind text,
  add column account_behind text;

-- The groups somebody came with last. Null: they signed in before this was kept, or never.
alter table people add column groups text[];

-- Who recorded a release or asked for a promotion, or stands behind the service account that did. Null: the one who is named.
alter table releases
  add column person_behind text,
  add column account_behind text;
alter table promotions
  add column person_behind text,
  add column account_behind text;

-- Whose word it is, whatever name they have: an account of the identity provider; empty: of none. Whether the role followed from bindings.
alter table sign_offs
  add column account text not null default '',
  add column is_by_binding boolean not null default false;
alter table deploy_plan_sign_offs
  add column account text not null default '',
  add column is_by_binding boolean not null default false;

-- What was said by who has the name now. Of those who left and came back the words of before are of nobody who can change them.
update sign_offs s set account = p.issuer || ' ' || p.subject
from people p
where p.name = s.person and p.issuer <> '' and s.given_at >= p.first_seen_at and (p.revoked_at is null or p.revoked_at < s.given_at);

-- A name that was given to somebody else has words of both.
drop index sign_offs_person_key;
create unique index sign_offs_person_key on sign_offs (release_id, environment, person, account) where withdrawn_at is null;
