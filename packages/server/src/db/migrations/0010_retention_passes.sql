-- Deletion of old data by agents: who has the pass of a day, and that somebody be told when one failed. A server of the version
-- before goes on beside this one: agents can't take a pass from it.

create table retention_passes (
  environment text not null,
  -- When it was due, by the declaration.
  due_at timestamptz not null,
  session_id uuid not null,
  taken_at timestamptz not null default now(),
  -- Null: it is going on, or its agent died in it.
  ended_at timestamptz,
  -- The last one of each environment; those before it are in the audit.
  constraint retention_passes_pkey primary key (environment),
  constraint retention_passes_environment_fkey foreign key (environment) references environments (name) on delete cascade,
  constraint retention_passes_session_fkey foreign key (session_id) references agent_sessions (id)
);

alter table notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (
    kind in ('run.failed', 'run.recovered', 'agent.silent', 'schedule.missed', 'retention.failed')
  );
