-- The state of the control plane. Words in check constraints are those of @towpath/core (a test compares them).
-- Instants are the database's own; ids are uuidv7, so that their order is the order of creation.

create table environments (
  name text not null,
  kind text not null,
  position integer not null,
  last_run_number integer not null default 0,
  created_at timestamptz not null default now(),
  constraint environments_pkey primary key (name),
  constraint environments_name_check check (name ~ '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$'),
  constraint environments_kind_check check (kind in ('local', 'shared', 'production'))
);

create table agents (
  id uuid not null default uuidv7(),
  environment text not null,
  name text not null,
  created_at timestamptz not null default now(),
  constraint agents_pkey primary key (id),
  constraint agents_name_key unique (environment, name),
  constraint agents_environment_fkey foreign key (environment) references environments (name)
);

-- Credentials: only SHA-256 of a token is kept; the hash is the look-up key.
create table agent_credentials (
  token_hash bytea not null,
  agent_id uuid not null,
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  constraint agent_credentials_pkey primary key (token_hash),
  constraint agent_credentials_token_hash_check check (length(token_hash) = 32),
  constraint agent_credentials_agent_fkey foreign key (agent_id) references agents (id)
);

create table access_tokens (
  token_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  constraint access_tokens_pkey primary key (token_hash),
  constraint access_tokens_token_hash_check check (length(token_hash) = 32),
  constraint access_tokens_role_check check (role in ('viewer', 'engineer'))
);

create table console_links (
  token_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  constraint console_links_pkey primary key (token_hash),
  constraint console_links_token_hash_check check (length(token_hash) = 32),
  constraint console_links_role_check check (role in ('viewer', 'engineer'))
);

create table console_sessions (
  token_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint console_sessions_pkey primary key (token_hash),
  constraint console_sessions_token_hash_check check (length(token_hash) = 32),
  constraint console_sessions_role_check check (role in ('viewer', 'engineer'))
);

create table agent_sessions (
  id uuid not null default uuidv7(),
  agent_id uuid not null,
  environment text not null,
  host text not null,
  boot_id text not null,
  version text not null,
  opened_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  lease_ends_at timestamptz not null,
  silent_at timestamptz,
  ended_at timestamptz,
  constraint agent_sessions_pkey primary key (id),
  constraint agent_sessions_agent_fkey foreign key (agent_id) references agents (id),
  constraint agent_sessions_environment_fkey foreign key (environment) references environments (name)
);
create unique index agent_sessions_live_agent_key on agent_sessions (agent_id) where ended_at is null;
create index agent_sessions_lease_idx on agent_sessions (lease_ends_at) where ended_at is null and silent_at is null;

create table code_locations (
  environment text not null,
  name text not null,
  source_hash text not null,
  loaded_at timestamptz,
  error_code text,
  error_message text,
  error_cause text,
  error_at timestamptz,
  constraint code_locations_pkey primary key (environment, name),
  constraint code_locations_environment_fkey foreign key (environment) references environments (name)
);

create table graphs (
  hash text not null,
  body jsonb not null,
  created_at timestamptz not null default now(),
  constraint graphs_pkey primary key (hash)
);

-- The tasks of a graph as rows, written once with it, so that a claim never unpacks a whole graph.
create table graph_tasks (
  graph_hash text not null,
  task_id text not null,
  position integer not null,
  spec jsonb not null,
  spec_hash text not null,
  constraint graph_tasks_pkey primary key (graph_hash, task_id),
  constraint graph_tasks_graph_fkey foreign key (graph_hash) references graphs (hash)
);

create table pipelines (
  environment text not null,
  code_location text not null,
  name text not null,
  source_file text not null,
  graph_hash text not null,
  registered_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint pipelines_pkey primary key (environment, code_location, name),
  constraint pipelines_code_location_fkey foreign key (environment, code_location) references code_locations (environment, name),
  constraint pipelines_graph_fkey foreign key (graph_hash) references graphs (hash)
);
create index pipelines_name_idx on pipelines (environment, name) where removed_at is null;

create table runs (
  id uuid not null default uuidv7(),
  environment text not null,
  run_number integer not null,
  pipeline text not null,
  code_location text not null,
  source_file text not null,
  graph_hash text not null,
  state text not null default 'queued',
  unfinished_tasks integer not null,
  trigger text not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  cancel_requested_at timestamptz,
  cancel_requested_by text,
  cancel_reason text,
  constraint runs_pkey primary key (id),
  constraint runs_number_key unique (environment, run_number),
  constraint runs_environment_fkey foreign key (environment) references environments (name),
  constraint runs_graph_fkey foreign key (graph_hash) references graphs (hash),
  constraint runs_state_check check (state in ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  constraint runs_unfinished_tasks_check check (unfinished_tasks >= 0),
  constraint runs_finished_check check ((finished_at is not null) = (unfinished_tasks = 0)),
  constraint runs_ended_check check ((finished_at is not null) = (state in ('succeeded', 'failed', 'cancelled')))
);
create index runs_environment_idx on runs (environment, id);
create index runs_pipeline_idx on runs (environment, pipeline, id);
create index runs_state_idx on runs (state, id);

create table run_tasks (
  run_id uuid not null,
  task_id text not null,
  position integer not null,
  environment text not null,
  graph_hash text not null,
  state text not null,
  waiting_on integer not null,
  attempts_used integer not null default 0,
  ready_at timestamptz,
  constraint run_tasks_pkey primary key (run_id, task_id),
  constraint run_tasks_run_fkey foreign key (run_id) references runs (id),
  constraint run_tasks_graph_task_fkey foreign key (graph_hash, task_id) references graph_tasks (graph_hash, task_id),
  constraint run_tasks_state_check check (state in ('waiting', 'ready', 'running', 'succeeded', 'failed', 'errored', 'upstream_failed', 'cancelled')),
  constraint run_tasks_waiting_on_check check (waiting_on >= 0),
  constraint run_tasks_ready_check check ((state = 'ready') = (ready_at is not null))
);
create index run_tasks_claim_idx on run_tasks (environment, run_id, position) where state = 'ready';
create index run_tasks_ready_at_idx on run_tasks (environment, ready_at) where state = 'ready';

create table run_task_edges (
  run_id uuid not null,
  upstream_id text not null,
  downstream_id text not null,
  constraint run_task_edges_pkey primary key (run_id, upstream_id, downstream_id),
  constraint run_task_edges_upstream_fkey foreign key (run_id, upstream_id) references run_tasks (run_id, task_id),
  constraint run_task_edges_downstream_fkey foreign key (run_id, downstream_id) references run_tasks (run_id, task_id)
);

create table attempts (
  id uuid not null default uuidv7(),
  run_id uuid not null,
  task_id text not null,
  number integer not null,
  environment text not null,
  state text not null default 'granted',
  epoch integer not null default 1,
  session_id uuid not null,
  agent_id uuid not null,
  host text not null,
  spec_hash text not null,
  granted_at timestamptz not null default now(),
  delivered_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  cancel_announced_at timestamptz,
  exit_code integer,
  reason_code text,
  reason text,
  -- json, not jsonb: a task may write U+0000 or a lone surrogate, which jsonb refuses.
  result json,
  log_length bigint not null default 0,
  constraint attempts_pkey primary key (id),
  constraint attempts_number_key unique (run_id, task_id, number),
  constraint attempts_task_fkey foreign key (run_id, task_id) references run_tasks (run_id, task_id),
  constraint attempts_session_fkey foreign key (session_id) references agent_sessions (id),
  constraint attempts_agent_fkey foreign key (agent_id) references agents (id),
  constraint attempts_state_check check (state in ('granted', 'running', 'uncertain', 'succeeded', 'failed', 'errored', 'cancelled')),
  constraint attempts_epoch_check check (epoch > 0),
  constraint attempts_finished_check check ((finished_at is not null) = (state in ('succeeded', 'failed', 'errored', 'cancelled')))
);
-- At most one attempt of a task can still write, and at most one has succeeded: whatever the code believes.
create unique index attempts_live_task_key on attempts (run_id, task_id) where state in ('granted', 'running', 'uncertain');
create unique index attempts_succeeded_task_key on attempts (run_id, task_id) where state = 'succeeded';
create index attempts_live_session_idx on attempts (session_id) where state in ('granted', 'running', 'uncertain');
create index attempts_live_agent_idx on attempts (agent_id) where state in ('granted', 'running', 'uncertain');

create table log_chunks (
  attempt_id uuid not null,
  start_offset bigint not null,
  bytes bytea not null,
  constraint log_chunks_pkey primary key (attempt_id, start_offset),
  constraint log_chunks_attempt_fkey foreign key (attempt_id) references attempts (id),
  constraint log_chunks_start_offset_check check (start_offset >= 0),
  constraint log_chunks_bytes_check check (length(bytes) > 0)
);

-- Read in the order (transaction_id, id), no further than the oldest running transaction: ids alone commit out of order.
create table events (
  id bigint generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  kind text not null,
  at timestamptz not null default now(),
  environment text not null,
  run_id uuid,
  attempt_id uuid,
  constraint events_pkey primary key (transaction_id, id),
  constraint events_kind_check check (kind in ('run.planned', 'run.changed', 'attempt.changed', 'log.appended', 'code.registered', 'agent.changed'))
);
