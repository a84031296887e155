-- The whole engine: trigger rules, pools, priorities, parameters, function tasks. A server of the version before goes on beside
-- this one: new columns have defaults that mean what it does, and pipelines that use what is new are registered by newer agents
-- only, after every server is new.

create table pools (
  environment text not null,
  name text not null,
  -- As the project declares it, with the last registration that named it.
  declared_slots integer,
  -- A person's word; it stands above the declaration.
  set_slots integer,
  slots integer not null generated always as (coalesce(set_slots, declared_slots, 0)) stored,
  changed_at timestamptz not null default now(),
  changed_by text not null,
  constraint pools_pkey primary key (environment, name),
  constraint pools_environment_fkey foreign key (environment) references environments (name),
  constraint pools_declared_slots_check check (declared_slots >= 0),
  constraint pools_set_slots_check check (set_slots >= 0)
);

-- What agents of an environment run TypeScript tasks from: content-addressed, the same on every host.
create table bundles (
  hash text not null,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  constraint bundles_pkey primary key (hash)
);

alter table code_locations
  add column bundle_hash text,
  add constraint code_locations_bundle_fkey foreign key (bundle_hash) references bundles (hash);

alter table agent_sessions
  -- What the agent understands: 2 = function tasks and inputs.
  add column protocol integer not null default 1;

alter table runs
  add column parameters jsonb not null default '{}',
  add column bundle_hash text,
  -- The instant the run stands for; null = when it was planned.
  add column logical_at timestamptz,
  add column logical_date date,
  add column note text,
  add constraint runs_bundle_fkey foreign key (bundle_hash) references bundles (hash);

alter table run_tasks
  add column trigger_rule text not null default 'all_succeeded',
  add column upstreams_failed integer not null default 0,
  add column upstreams_skipped integer not null default 0,
  -- '' = no pool.
  add column pool text not null default '',
  add column priority integer not null default 0,
  -- The protocol an agent must understand to run it.
  add column requires integer not null default 1,
  drop constraint run_tasks_state_check,
  add constraint run_tasks_state_check check (state in ('waiting', 'ready', 'running', 'succeeded', 'failed', 'errored', 'upstream_failed', 'skipped', 'cancelled')),
  add constraint run_tasks_trigger_rule_check check (trigger_rule in ('all_succeeded', 'all_done', 'one_failed'));
create index run_tasks_room_idx on run_tasks (environment, pool, priority desc, run_id, position) where state = 'ready';

alter table attempts
  -- '' = no pool. A slot is held as long as the attempt lives, so none can leak.
  add column pool text not null default '';
create index attempts_pool_idx on attempts (environment, pool) where pool <> '' and state in ('granted', 'running', 'uncertain');
