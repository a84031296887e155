-- The audit: who decided what. Written in the transaction of the decision, linked to a hash chain right after it.

create table audit_entries (
  id bigint not null generated always as identity,
  -- Milliseconds: the text of it is hashed, and JavaScript has no more.
  at timestamptz(3) not null default now(),
  actor_kind text not null,
  actor_name text not null,
  -- Filters by the part before its dot are ranges, which only this order serves.
  action text collate "C" not null,
  subject_kind text not null,
  subject_id text not null,
  subject_name text not null,
  environment text,
  why text,
  details jsonb not null default '{}',
  -- Null until linked. Numbers are given under one lock, so that they grow with the commits and have no gap.
  sequence bigint,
  previous_hash text,
  hash text,
  constraint audit_entries_pkey primary key (id),
  constraint audit_entries_sequence_key unique (sequence),
  -- A chain with a fork can't be stored.
  constraint audit_entries_previous_hash_key unique (previous_hash),
  constraint audit_entries_actor_kind_check check (actor_kind in ('person', 'agent', 'policy', 'operator')),
  constraint audit_entries_linked_check check (num_nulls(sequence, previous_hash, hash) in (0, 3)),
  constraint audit_entries_sequence_check check (sequence > 0)
);
create index audit_entries_unlinked_idx on audit_entries (id) where sequence is null;
-- Entries enter these when they are linked: once, not twice.
create index audit_entries_environment_idx on audit_entries (environment, sequence) where sequence is not null;
create index audit_entries_actor_idx on audit_entries (actor_name, sequence) where sequence is not null;
create index audit_entries_action_idx on audit_entries (action, sequence) where sequence is not null;
create index audit_entries_subject_id_idx on audit_entries (subject_id, sequence) where sequence is not null;
create index audit_entries_subject_name_idx on audit_entries (subject_name, sequence) where sequence is not null;

create table audit_checkpoints (
  sequence bigint not null,
  hash text not null,
  at timestamptz(3) not null,
  key_id text not null,
  signature text not null,
  constraint audit_checkpoints_pkey primary key (sequence)
);

-- Against mistakes and against whoever may write but not own the tables. An owner can switch it off; the chain shows what
-- was done then.
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'audit_entries' then
    if old.sequence is null and new.sequence is not null
       and to_jsonb(new) - '{sequence,previous_hash,hash}'::text[] = to_jsonb(old) - '{sequence,previous_hash,hash}'::text[] then
      return new;
    end if;
  end if;
  raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
end
$$;
create trigger audit_entries_change before update or delete on audit_entries for each row execute function refuse_audit_change();
create trigger audit_entries_truncate before truncate on audit_entries for each statement execute function refuse_audit_change();
create trigger audit_checkpoints_change before update or delete on audit_checkpoints for each row execute function refuse_audit_change();
create trigger audit_checkpoints_truncate before truncate on audit_checkpoints for each statement execute function refuse_audit_change();

alter table agent_credentials
  -- Null: until it is revoked.
  add column expires_at timestamptz;
