-- What projects declare of environments, what agents resolved, and notifications with their deliveries. A server of the
-- version before goes on beside this one: it writes no notifications, and refuses a token of role `administrator`.

alter table environments
  -- The project that declares it; null: an operator made it known.
  add column project text,
  add column declaration jsonb,
  add column declared_at timestamptz,
  add column declared_by text,
  add constraint environments_declared_check check (num_nulls(project, declaration, declared_at, declared_by) in (0, 4));

alter table access_tokens
  drop constraint access_tokens_role_check,
  add constraint access_tokens_role_check check (role in ('viewer', 'engineer', 'administrator'));
alter table console_links
  drop constraint console_links_role_check,
  add constraint console_links_role_check check (role in ('viewer', 'engineer', 'administrator'));
alter table console_sessions
  drop constraint console_sessions_role_check,
  add constraint console_sessions_role_check check (role in ('viewer', 'engineer', 'administrator'));

-- As its agent told it: values without secrets, problems, whose the targets are.
create table environment_configurations (
  environment text not null,
  agent_id uuid not null,
  hash text not null,
  report jsonb not null,
  reported_at timestamptz not null default now(),
  constraint environment_configurations_pkey primary key (environment, agent_id),
  constraint environment_configurations_agent_fkey foreign key (agent_id) references agents (id)
);

create table notifications (
  id uuid not null default uuidv7(),
  environment text not null,
  kind text not null,
  severity text not null,
  -- What it is about: a second one with the same key says nothing new.
  dedup_key text not null,
  facts jsonb not null,
  run_id uuid,
  occurred_at timestamptz not null default now(),
  constraint notifications_pkey primary key (id),
  constraint notifications_dedup_key unique (environment, dedup_key),
  constraint notifications_environment_fkey foreign key (environment) references environments (name),
  constraint notifications_kind_check check (kind in ('run.failed', 'run.recovered', 'agent.silent', 'schedule.missed')),
  constraint notifications_severity_check check (severity in ('info', 'warning', 'critical'))
);
create index notifications_environment_idx on notifications (environment, id);

-- The outbox: a row per sink, taken by an agent for the time of a lease.
create table notification_deliveries (
  -- Key at the sink: the same with each try.
  id uuid not null default uuidv7(),
  notification_id uuid not null,
  environment text not null,
  sink text not null,
  state text not null default 'waiting',
  tries integer not null default 0,
  -- While it is being sent: the end of the lease. Null once it has ended.
  due_at timestamptz default now(),
  -- Who took it last.
  session_id uuid,
  last_error text,
  ended_at timestamptz,
  constraint notification_deliveries_pkey primary key (id),
  constraint notification_deliveries_sink_key unique (notification_id, sink),
  constraint notification_deliveries_notification_fkey foreign key (notification_id) references notifications (id) on delete cascade,
  constraint notification_deliveries_state_check check (state in ('waiting', 'sending', 'delivered', 'failed')),
  constraint notification_deliveries_ended_check check ((ended_at is not null) = (state in ('delivered', 'failed'))
    and (due_at is null) = (ended_at is not null))
);
create index notification_deliveries_due_idx on notification_deliveries (environment, due_at) where due_at is not null;
create index notification_deliveries_session_idx on notification_deliveries (session_id) where state = 'sending';

alter table events
  drop constraint events_kind_check,
  add constraint events_kind_check check (kind in ('run.planned', 'run.changed', 'attempt.changed', 'log.appended', 'code.registered', 'agent.changed', 'schedule.changed', 'environment.changed', 'notification.changed'));
