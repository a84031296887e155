-- What environments have of the datakits that their pipelines name, and what attempts of them really ran. A server of the version
-- before goes on beside this one: attempts that it ends tell no datakit.

-- As an agent of the environment told it last.
create table datakit_inventories (
  environment text not null,
  agent_id uuid not null,
  report jsonb not null,
  observed_at timestamptz not null default now(),
  constraint datakit_inventories_pkey primary key (environment),
  constraint datakit_inventories_environment_fkey foreign key (environment) references environments (name),
  constraint datakit_inventories_agent_fkey foreign key (agent_id) references agents (id)
);

alter table attempts
  -- Null: it has not ended, is a function, or nothing of it was ever started.
  add column datakit_name text,
  add column datakit_version text;
create index attempts_datakit_idx on attempts (environment, datakit_name, finished_at) where datakit_name is not null;
