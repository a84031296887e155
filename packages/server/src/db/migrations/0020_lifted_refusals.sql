-- Who ended a sign-off, and why: a refusal of somebody who has left is lifted by somebody else. A server of the version before goes on
-- beside this one: what it withdraws names nobody, as before, which means its own person.
alter table sign_offs
  add column withdrawn_by text,
  add column withdrawn_why text;
