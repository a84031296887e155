-- Dumped from a migrated database by `npm run schema:dump -w @towpath/server`; don't edit.

CREATE OR REPLACE FUNCTION public.refuse_audit_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'UPDATE' and tg_table_name = 'audit_entries' then
    if old.sequence is null and new.sequence is not null
       and to_jsonb(new) - '{sequence,previous_hash,hash}'::text[] = to_jsonb(old) - '{sequence,previous_hash,hash}'::text[] then
      return new;
    end if;
  end if;
  raise exception 'the audit is append-only' using errcode = 'insufficient_privilege';
end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_release_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'a release is immutable' using errcode = 'insufficient_privilege';
end
$function$;

create table access_policies (
  version integer not null generated always as identity,
  body jsonb not null,
  applied_at timestamp with time zone not null default now(),
  applied_by text not null,
  note text,
  constraint access_policies_pkey PRIMARY KEY (version)
);

create table access_tokens (
  token_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  id uuid not null default uuidv7(),
  environments text[],
  groups text[],
  issued_by text,
  note text,
  person_behind text,
  account_behind text,
  constraint access_tokens_pkey PRIMARY KEY (token_hash),
  constraint access_tokens_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'business'::text, 'engineer'::text, 'release-manager'::text, 'vp'::text, 'on-call'::text, 'administrator'::text]))),
  constraint access_tokens_token_hash_check CHECK ((length(token_hash) = 32))
);
CREATE UNIQUE INDEX access_tokens_id_key ON public.access_tokens USING btree (id);

create table agent_credentials (
  token_hash bytea not null,
  agent_id uuid not null,
  created_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  expires_at timestamp with time zone,
  constraint agent_credentials_pkey PRIMARY KEY (token_hash),
  constraint agent_credentials_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents(id),
  constraint agent_credentials_token_hash_check CHECK ((length(token_hash) = 32))
);

create table agent_sessions (
  id uuid not null default uuidv7(),
  agent_id uuid not null,
  environment text not null,
  host text not null,
  boot_id text not null,
  version text not null,
  opened_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  lease_ends_at timestamp with time zone not null,
  silent_at timestamp with time zone,
  ended_at timestamp with time zone,
  instance_id uuid,
  protocol integer not null default 1,
  max_attempts integer,
  makes_deploy_plans boolean not null default false,
  constraint agent_sessions_pkey PRIMARY KEY (id),
  constraint agent_sessions_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents(id),
  constraint agent_sessions_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name)
);
CREATE INDEX agent_sessions_lease_idx ON public.agent_sessions USING btree (lease_ends_at) WHERE ((ended_at IS NULL) AND (silent_at IS NULL));
CREATE UNIQUE INDEX agent_sessions_live_agent_key ON public.agent_sessions USING btree (agent_id) WHERE (ended_at IS NULL);

create table agents (
  id uuid not null default uuidv7(),
  environment text not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint agents_pkey PRIMARY KEY (id),
  constraint agents_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint agents_name_key UNIQUE (environment, name)
);

create table attempts (
  id uuid not null default uuidv7(),
  run_id uuid not null,
  task_id text not null,
  number integer not null,
  environment text not null,
  state text not null default 'granted'::text,
  epoch integer not null default 1,
  session_id uuid not null,
  agent_id uuid not null,
  host text not null,
  spec_hash text not null,
  granted_at timestamp with time zone not null default now(),
  delivered_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  cancel_announced_at timestamp with time zone,
  exit_code integer,
  reason_code text,
  reason text,
  result json,
  log_length bigint not null default 0,
  given_up_at timestamp with time zone,
  given_up_by text,
  late_outcome text,
  late_exit_code integer,
  late_reported_at timestamp with time zone,
  pool text not null default ''::text,
  execution jsonb,
  bundle_token_hash bytea,
  datakit_name text,
  datakit_version text,
  constraint attempts_pkey PRIMARY KEY (id),
  constraint attempts_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents(id),
  constraint attempts_epoch_check CHECK ((epoch > 0)),
  constraint attempts_finished_check CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'errored'::text, 'cancelled'::text])))),
  constraint attempts_given_up_check CHECK (((given_up_at IS NULL) OR (state = 'errored'::text))),
  constraint attempts_late_check CHECK ((((late_outcome IS NOT NULL) = (late_reported_at IS NOT NULL)) AND ((late_reported_at IS NULL) OR (given_up_at IS NOT NULL)))),
  constraint attempts_late_outcome_check CHECK ((late_outcome = ANY (ARRAY['succeeded'::text, 'failed'::text, 'errored'::text, 'cancelled'::text]))),
  constraint attempts_number_key UNIQUE (run_id, task_id, number),
  constraint attempts_session_fkey FOREIGN KEY (session_id) REFERENCES agent_sessions(id),
  constraint attempts_state_check CHECK ((state = ANY (ARRAY['granted'::text, 'running'::text, 'uncertain'::text, 'succeeded'::text, 'failed'::text, 'errored'::text, 'cancelled'::text]))),
  constraint attempts_task_fkey FOREIGN KEY (run_id, task_id) REFERENCES run_tasks(run_id, task_id)
);
CREATE INDEX attempts_bundle_token_idx ON public.attempts USING btree (bundle_token_hash) WHERE ((bundle_token_hash IS NOT NULL) AND (state = ANY (ARRAY['granted'::text, 'running'::text, 'uncertain'::text])));
CREATE INDEX attempts_datakit_idx ON public.attempts USING btree (environment, datakit_name, finished_at) WHERE (datakit_name IS NOT NULL);
CREATE INDEX attempts_live_agent_idx ON public.attempts USING btree (agent_id) WHERE (state = ANY (ARRAY['granted'::text, 'running'::text, 'uncertain'::text]));
CREATE INDEX attempts_live_session_idx ON public.attempts USING btree (session_id) WHERE (state = ANY (ARRAY['granted'::text, 'running'::text, 'uncertain'::text]));
CREATE UNIQUE INDEX attempts_live_task_key ON public.attempts USING btree (run_id, task_id) WHERE (state = ANY (ARRAY['granted'::text, 'running'::text, 'uncertain'::text]));
CREATE INDEX attempts_pool_idx ON public.attempts USING btree (environment, pool) WHERE ((pool <> ''::text) AND (state = ANY (ARRAY['granted'::text, 'running'::text, 'uncertain'::text])));
CREATE UNIQUE INDEX attempts_succeeded_task_key ON public.attempts USING btree (run_id, task_id) WHERE (state = 'succeeded'::text);
CREATE INDEX attempts_uncertain_idx ON public.attempts USING btree (session_id) WHERE (state = 'uncertain'::text);
CREATE INDEX attempts_unheard_session_idx ON public.attempts USING btree (session_id) WHERE ((given_up_at IS NOT NULL) AND (late_reported_at IS NULL));

create table audit_checkpoints (
  sequence bigint not null,
  hash text not null,
  at timestamp(3) with time zone not null,
  key_id text not null,
  signature text not null,
  constraint audit_checkpoints_pkey PRIMARY KEY (sequence)
);
CREATE TRIGGER audit_checkpoints_change BEFORE DELETE OR UPDATE ON public.audit_checkpoints FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_checkpoints_truncate BEFORE TRUNCATE ON public.audit_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

create table audit_entries (
  id bigint not null generated always as identity,
  at timestamp(3) with time zone not null default now(),
  actor_kind text not null,
  actor_name text not null,
  action text not null,
  subject_kind text not null,
  subject_id text not null,
  subject_name text not null,
  environment text,
  why text,
  details jsonb not null default '{}'::jsonb,
  sequence bigint,
  previous_hash text,
  hash text,
  delivery_id uuid,
  constraint audit_entries_pkey PRIMARY KEY (id),
  constraint audit_entries_actor_kind_check CHECK ((actor_kind = ANY (ARRAY['person'::text, 'agent'::text, 'policy'::text, 'operator'::text]))),
  constraint audit_entries_linked_check CHECK ((num_nulls(sequence, previous_hash, hash) = ANY (ARRAY[0, 3]))),
  constraint audit_entries_previous_hash_key UNIQUE (previous_hash),
  constraint audit_entries_sequence_check CHECK ((sequence > 0)),
  constraint audit_entries_sequence_key UNIQUE (sequence)
);
CREATE INDEX audit_entries_action_idx ON public.audit_entries USING btree (action, sequence) WHERE (sequence IS NOT NULL);
CREATE INDEX audit_entries_actor_idx ON public.audit_entries USING btree (actor_name, sequence) WHERE (sequence IS NOT NULL);
CREATE UNIQUE INDEX audit_entries_delivery_idx ON public.audit_entries USING btree (environment, delivery_id) WHERE (delivery_id IS NOT NULL);
CREATE INDEX audit_entries_environment_idx ON public.audit_entries USING btree (environment, sequence) WHERE (sequence IS NOT NULL);
CREATE INDEX audit_entries_subject_id_idx ON public.audit_entries USING btree (subject_id, sequence) WHERE (sequence IS NOT NULL);
CREATE INDEX audit_entries_subject_name_idx ON public.audit_entries USING btree (subject_name, sequence) WHERE (sequence IS NOT NULL);
CREATE INDEX audit_entries_unlinked_idx ON public.audit_entries USING btree (id) WHERE (sequence IS NULL);
CREATE TRIGGER audit_entries_change BEFORE DELETE OR UPDATE ON public.audit_entries FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entries_truncate BEFORE TRUNCATE ON public.audit_entries FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

create table bundles (
  hash text not null,
  bytes bytea not null,
  created_at timestamp with time zone not null default now(),
  constraint bundles_pkey PRIMARY KEY (hash)
);
CREATE INDEX bundles_created_idx ON public.bundles USING btree (created_at);

create table code_locations (
  environment text not null,
  name text not null,
  source_hash text not null,
  loaded_at timestamp with time zone,
  error_code text,
  error_message text,
  error_cause text,
  error_at timestamp with time zone,
  bundle_hash text,
  release_id text,
  constraint code_locations_pkey PRIMARY KEY (environment, name),
  constraint code_locations_bundle_fkey FOREIGN KEY (bundle_hash) REFERENCES bundles(hash),
  constraint code_locations_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint code_locations_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id)
);

create table console_links (
  token_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  environments text[],
  groups text[],
  token_id uuid,
  session_until timestamp with time zone,
  parents bytea[] not null default '{}'::bytea[],
  constraint console_links_pkey PRIMARY KEY (token_hash),
  constraint console_links_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'business'::text, 'engineer'::text, 'release-manager'::text, 'vp'::text, 'on-call'::text, 'administrator'::text]))),
  constraint console_links_token_hash_check CHECK ((length(token_hash) = 32))
);

create table console_sessions (
  token_hash bytea not null,
  name text not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  environments text[],
  groups text[],
  token_id uuid,
  parents bytea[] not null default '{}'::bytea[],
  constraint console_sessions_pkey PRIMARY KEY (token_hash),
  constraint console_sessions_role_check CHECK ((role = ANY (ARRAY['viewer'::text, 'business'::text, 'engineer'::text, 'release-manager'::text, 'vp'::text, 'on-call'::text, 'administrator'::text]))),
  constraint console_sessions_token_hash_check CHECK ((length(token_hash) = 32))
);

create table datakit_inventories (
  environment text not null,
  agent_id uuid not null,
  report jsonb not null,
  observed_at timestamp with time zone not null default now(),
  constraint datakit_inventories_pkey PRIMARY KEY (environment),
  constraint datakit_inventories_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents(id),
  constraint datakit_inventories_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name)
);

create table deploy_plan_sign_offs (
  plan_id uuid not null,
  person text not null,
  role text not null,
  decision text not null,
  note text,
  given_at timestamp with time zone not null default now(),
  account text not null default ''::text,
  is_by_binding boolean not null default false,
  constraint deploy_plan_sign_offs_pkey PRIMARY KEY (plan_id, person),
  constraint deploy_plan_sign_offs_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text]))),
  constraint deploy_plan_sign_offs_plan_fkey FOREIGN KEY (plan_id) REFERENCES deploy_plans(id)
);

create table deploy_plans (
  id uuid not null default uuidv7(),
  promotion_id uuid not null,
  agent_id uuid not null,
  sha256 text,
  size_bytes bigint,
  output text not null,
  is_output_cut boolean not null,
  error_code text,
  error_message text,
  made_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  accepted_at timestamp with time zone,
  withdrawn_at timestamp with time zone,
  withdrawn_why text,
  constraint deploy_plans_pkey PRIMARY KEY (id),
  constraint deploy_plans_accepted_check CHECK (((accepted_at IS NULL) OR ((sha256 IS NOT NULL) AND (withdrawn_at IS NULL)))),
  constraint deploy_plans_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents(id),
  constraint deploy_plans_content_check CHECK (((num_nonnulls(sha256, error_code) = 1) AND ((sha256 IS NULL) = (size_bytes IS NULL)) AND ((error_code IS NULL) = (error_message IS NULL)))),
  constraint deploy_plans_promotion_fkey FOREIGN KEY (promotion_id) REFERENCES promotions(id),
  constraint deploy_plans_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint deploy_plans_withdrawn_check CHECK (((withdrawn_at IS NULL) = (withdrawn_why IS NULL)))
);
CREATE UNIQUE INDEX deploy_plans_current_key ON public.deploy_plans USING btree (promotion_id) WHERE (withdrawn_at IS NULL);
CREATE INDEX deploy_plans_promotion_idx ON public.deploy_plans USING btree (promotion_id, id);

create table deployments (
  id uuid not null default uuidv7(),
  environment text not null,
  release_id text not null,
  promotion_id uuid not null,
  started_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  ended_by uuid,
  constraint deployments_pkey PRIMARY KEY (id),
  constraint deployments_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES promotions(id),
  constraint deployments_ended_check CHECK (((ended_at IS NULL) = (ended_by IS NULL))),
  constraint deployments_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint deployments_promotion_fkey FOREIGN KEY (promotion_id) REFERENCES promotions(id),
  constraint deployments_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id)
);
CREATE UNIQUE INDEX deployments_current_key ON public.deployments USING btree (environment) WHERE (ended_at IS NULL);
CREATE INDEX deployments_environment_idx ON public.deployments USING btree (environment, id);

create table desired_releases (
  environment text not null,
  release_id text not null,
  promotion_id uuid not null,
  decided_at timestamp with time zone not null default now(),
  constraint desired_releases_pkey PRIMARY KEY (environment),
  constraint desired_releases_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint desired_releases_promotion_fkey FOREIGN KEY (promotion_id) REFERENCES promotions(id),
  constraint desired_releases_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id)
);

create table environment_configurations (
  environment text not null,
  agent_id uuid not null,
  hash text not null,
  report jsonb not null,
  reported_at timestamp with time zone not null default now(),
  constraint environment_configurations_pkey PRIMARY KEY (environment, agent_id),
  constraint environment_configurations_agent_fkey FOREIGN KEY (agent_id) REFERENCES agents(id)
);

create table environments (
  name text not null,
  kind text not null,
  "position" integer not null,
  last_run_number integer not null default 0,
  created_at timestamp with time zone not null default now(),
  project text,
  declaration jsonb,
  declared_at timestamp with time zone,
  declared_by text,
  constraint environments_pkey PRIMARY KEY (name),
  constraint environments_declared_check CHECK ((num_nulls(project, declaration, declared_at, declared_by) = ANY (ARRAY[0, 4]))),
  constraint environments_kind_check CHECK ((kind = ANY (ARRAY['local'::text, 'shared'::text, 'production'::text]))),
  constraint environments_name_check CHECK ((name ~ '^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$'::text))
);

create table events (
  id bigint not null generated always as identity,
  transaction_id xid8 not null default pg_current_xact_id(),
  kind text not null,
  at timestamp with time zone not null default now(),
  environment text not null,
  run_id uuid,
  attempt_id uuid,
  constraint events_pkey PRIMARY KEY (transaction_id, id),
  constraint events_kind_check CHECK ((kind = ANY (ARRAY['run.planned'::text, 'run.changed'::text, 'attempt.changed'::text, 'log.appended'::text, 'code.registered'::text, 'agent.changed'::text, 'schedule.changed'::text, 'environment.changed'::text, 'notification.changed'::text])))
);

create table evidence (
  key text not null,
  source text not null,
  question jsonb not null,
  claimed_until timestamp with time zone not null,
  asked_at timestamp with time zone,
  retry_at timestamp with time zone,
  answer jsonb,
  error_code text,
  error_message text,
  excerpt text,
  link text,
  constraint evidence_pkey PRIMARY KEY (key),
  constraint evidence_answer_check CHECK (((asked_at IS NULL) OR ((answer IS NULL) <> (error_code IS NULL)))),
  constraint evidence_error_check CHECK (((error_code IS NULL) = (error_message IS NULL)))
);
CREATE INDEX evidence_claimed_idx ON public.evidence USING btree (claimed_until);

create table freezes (
  id uuid not null default uuidv7(),
  environment text not null,
  reason text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  declared_at timestamp with time zone not null default now(),
  declared_by text not null,
  lifted_at timestamp with time zone,
  lifted_by text,
  constraint freezes_pkey PRIMARY KEY (id),
  constraint freezes_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint freezes_lifted_check CHECK (((lifted_at IS NULL) = (lifted_by IS NULL))),
  constraint freezes_order_check CHECK ((ends_at > starts_at))
);
CREATE INDEX freezes_environment_idx ON public.freezes USING btree (environment, starts_at) WHERE (lifted_at IS NULL);

create table graph_tasks (
  graph_hash text not null,
  task_id text not null,
  "position" integer not null,
  spec jsonb not null,
  spec_hash text not null,
  constraint graph_tasks_pkey PRIMARY KEY (graph_hash, task_id),
  constraint graph_tasks_graph_fkey FOREIGN KEY (graph_hash) REFERENCES graphs(hash)
);

create table graphs (
  hash text not null,
  body jsonb not null,
  created_at timestamp with time zone not null default now(),
  constraint graphs_pkey PRIMARY KEY (hash)
);

create table log_chunks (
  attempt_id uuid not null,
  start_offset bigint not null,
  bytes bytea not null,
  constraint log_chunks_pkey PRIMARY KEY (attempt_id, start_offset),
  constraint log_chunks_attempt_fkey FOREIGN KEY (attempt_id) REFERENCES attempts(id),
  constraint log_chunks_bytes_check CHECK ((length(bytes) > 0)),
  constraint log_chunks_start_offset_check CHECK ((start_offset >= 0))
);

create table login_codes (
  code_hash bytea not null,
  challenge text not null,
  name text not null,
  groups text[] not null,
  expires_at timestamp with time zone not null,
  constraint login_codes_pkey PRIMARY KEY (code_hash),
  constraint login_codes_code_hash_check CHECK ((length(code_hash) = 32))
);
CREATE INDEX login_codes_expires_at_idx ON public.login_codes USING btree (expires_at);

create table logins (
  state_hash bytea not null,
  browser_hash bytea not null,
  nonce text not null,
  code_verifier text not null,
  return_to text,
  cli_port integer,
  cli_challenge text,
  expires_at timestamp with time zone not null,
  cli_program text,
  constraint logins_pkey PRIMARY KEY (state_hash),
  constraint logins_cli_check CHECK ((num_nulls(cli_port, cli_challenge) = ANY (ARRAY[0, 2]))),
  constraint logins_state_hash_check CHECK ((length(state_hash) = 32))
);
CREATE INDEX logins_expires_at_idx ON public.logins USING btree (expires_at);

create table notification_deliveries (
  id uuid not null default uuidv7(),
  notification_id uuid not null,
  environment text not null,
  sink text not null,
  state text not null default 'waiting'::text,
  tries integer not null default 0,
  due_at timestamp with time zone default now(),
  session_id uuid,
  last_error text,
  ended_at timestamp with time zone,
  constraint notification_deliveries_pkey PRIMARY KEY (id),
  constraint notification_deliveries_ended_check CHECK ((((ended_at IS NOT NULL) = (state = ANY (ARRAY['delivered'::text, 'failed'::text]))) AND ((due_at IS NULL) = (ended_at IS NOT NULL)))),
  constraint notification_deliveries_notification_fkey FOREIGN KEY (notification_id) REFERENCES notifications(id) ON DELETE CASCADE,
  constraint notification_deliveries_sink_key UNIQUE (notification_id, sink),
  constraint notification_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sending'::text, 'delivered'::text, 'failed'::text])))
);
CREATE INDEX notification_deliveries_due_idx ON public.notification_deliveries USING btree (environment, due_at) WHERE (due_at IS NOT NULL);
CREATE INDEX notification_deliveries_session_idx ON public.notification_deliveries USING btree (session_id) WHERE (state = 'sending'::text);

create table notifications (
  id uuid not null default uuidv7(),
  environment text not null,
  kind text not null,
  severity text not null,
  dedup_key text not null,
  facts jsonb not null,
  run_id uuid,
  occurred_at timestamp with time zone not null default now(),
  constraint notifications_pkey PRIMARY KEY (id),
  constraint notifications_dedup_key UNIQUE (environment, dedup_key),
  constraint notifications_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint notifications_kind_check CHECK ((kind = ANY (ARRAY['run.failed'::text, 'run.recovered'::text, 'agent.silent'::text, 'schedule.missed'::text, 'retention.failed'::text, 'run.absent'::text, 'promotion.stuck'::text, 'datakit.unexpected'::text]))),
  constraint notifications_severity_check CHECK ((severity = ANY (ARRAY['info'::text, 'warning'::text, 'critical'::text])))
);
CREATE INDEX notifications_environment_idx ON public.notifications USING btree (environment, id);

create table people (
  name text not null,
  issuer text not null,
  subject text not null,
  first_seen_at timestamp with time zone not null default now(),
  revoked_at timestamp with time zone,
  groups text[],
  constraint people_pkey PRIMARY KEY (name)
);

create table pipelines (
  environment text not null,
  code_location text not null,
  name text not null,
  source_file text not null,
  graph_hash text not null,
  registered_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  constraint pipelines_pkey PRIMARY KEY (environment, code_location, name),
  constraint pipelines_code_location_fkey FOREIGN KEY (environment, code_location) REFERENCES code_locations(environment, name),
  constraint pipelines_graph_fkey FOREIGN KEY (graph_hash) REFERENCES graphs(hash)
);
CREATE INDEX pipelines_name_idx ON public.pipelines USING btree (environment, name) WHERE (removed_at IS NULL);

create table pools (
  environment text not null,
  name text not null,
  declared_slots integer,
  set_slots integer,
  slots integer not null default COALESCE(set_slots, declared_slots, 0),
  changed_at timestamp with time zone not null default now(),
  changed_by text not null,
  constraint pools_pkey PRIMARY KEY (environment, name),
  constraint pools_declared_slots_check CHECK ((declared_slots >= 0)),
  constraint pools_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint pools_set_slots_check CHECK ((set_slots >= 0))
);

create table promotion_policies (
  version integer not null generated always as identity,
  body jsonb not null,
  applied_at timestamp with time zone not null default now(),
  applied_by text not null,
  note text,
  constraint promotion_policies_pkey PRIMARY KEY (version)
);

create table promotions (
  id uuid not null default uuidv7(),
  environment text not null,
  release_id text not null,
  kind text not null,
  state text not null default 'pending'::text,
  plan jsonb not null,
  rollback_plan text,
  not_before timestamp with time zone,
  note text,
  requested_at timestamp with time zone not null default now(),
  requested_by text not null,
  verdicts jsonb not null default '[]'::jsonb,
  policy_version integer,
  judged_at timestamp with time zone,
  ask_again_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  end_code text,
  end_reason text,
  emergency jsonb,
  facts jsonb,
  change_record text,
  rolls_back_from text,
  person_behind text,
  account_behind text,
  constraint promotions_pkey PRIMARY KEY (id),
  constraint promotions_ended_check CHECK (((ended_at IS NOT NULL) = (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'errored'::text, 'aborted'::text])))),
  constraint promotions_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint promotions_kind_check CHECK ((kind = ANY (ARRAY['promotion'::text, 'rollback'::text]))),
  constraint promotions_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint promotions_rolls_back_from_fkey FOREIGN KEY (rolls_back_from) REFERENCES releases(id),
  constraint promotions_started_check CHECK (((state <> 'running'::text) OR (started_at IS NOT NULL))),
  constraint promotions_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'errored'::text, 'aborted'::text])))
);
CREATE INDEX promotions_environment_idx ON public.promotions USING btree (environment, id);
CREATE UNIQUE INDEX promotions_live_key ON public.promotions USING btree (environment) WHERE (state = ANY (ARRAY['pending'::text, 'running'::text]));
CREATE INDEX promotions_release_idx ON public.promotions USING btree (release_id);
CREATE INDEX promotions_rolls_back_idx ON public.promotions USING btree (environment, rolls_back_from) WHERE (rolls_back_from IS NOT NULL);

create table refreshes (
  promotion_id uuid not null,
  pipeline text not null,
  models jsonb not null,
  models_between jsonb not null,
  run_id uuid,
  problem jsonb,
  constraint refreshes_pkey PRIMARY KEY (promotion_id),
  constraint refreshes_promotion_fkey FOREIGN KEY (promotion_id) REFERENCES promotions(id),
  constraint refreshes_start_check CHECK (((run_id IS NULL) OR (problem IS NULL)))
);
CREATE INDEX refreshes_unstarted_idx ON public.refreshes USING btree (promotion_id) WHERE ((run_id IS NULL) AND (problem IS NULL));

create table releases (
  id text not null,
  project text not null,
  version text not null,
  bill jsonb not null,
  bundle_hash text,
  changelog text not null,
  created_at timestamp with time zone not null default now(),
  created_by text not null,
  created_from text not null,
  person_behind text,
  account_behind text,
  constraint releases_pkey PRIMARY KEY (id),
  constraint releases_bundle_fkey FOREIGN KEY (bundle_hash) REFERENCES bundles(hash),
  constraint releases_changelog_check CHECK ((changelog <> ''::text)),
  constraint releases_id_check CHECK ((id ~ '^[0-9a-f]{64}$'::text)),
  constraint releases_version_key UNIQUE (project, version)
);
CREATE INDEX releases_bundle_idx ON public.releases USING btree (bundle_hash) WHERE (bundle_hash IS NOT NULL);
CREATE INDEX releases_created_idx ON public.releases USING btree (created_at);
CREATE TRIGGER releases_change BEFORE DELETE OR UPDATE ON public.releases FOR EACH ROW EXECUTE FUNCTION refuse_release_change();
CREATE TRIGGER releases_truncate BEFORE TRUNCATE ON public.releases FOR EACH STATEMENT EXECUTE FUNCTION refuse_release_change();

create table retention_passes (
  environment text not null,
  due_at timestamp with time zone not null,
  session_id uuid not null,
  taken_at timestamp with time zone not null default now(),
  ended_at timestamp with time zone,
  constraint retention_passes_pkey PRIMARY KEY (environment),
  constraint retention_passes_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name) ON DELETE CASCADE,
  constraint retention_passes_session_fkey FOREIGN KEY (session_id) REFERENCES agent_sessions(id)
);

create table run_task_edges (
  run_id uuid not null,
  upstream_id text not null,
  downstream_id text not null,
  constraint run_task_edges_pkey PRIMARY KEY (run_id, upstream_id, downstream_id),
  constraint run_task_edges_downstream_fkey FOREIGN KEY (run_id, downstream_id) REFERENCES run_tasks(run_id, task_id),
  constraint run_task_edges_upstream_fkey FOREIGN KEY (run_id, upstream_id) REFERENCES run_tasks(run_id, task_id)
);
CREATE INDEX run_task_edges_downstream_idx ON public.run_task_edges USING btree (run_id, downstream_id);

create table run_tasks (
  run_id uuid not null,
  task_id text not null,
  "position" integer not null,
  environment text not null,
  graph_hash text not null,
  state text not null,
  waiting_on integer not null,
  attempts_used integer not null default 0,
  ready_at timestamp with time zone,
  reused_from_attempt_id uuid,
  trigger_rule text not null default 'all_succeeded'::text,
  upstreams_failed integer not null default 0,
  upstreams_skipped integer not null default 0,
  pool text not null default ''::text,
  priority integer not null default 0,
  requires integer not null default 1,
  lost_starts smallint not null default 0,
  constraint run_tasks_pkey PRIMARY KEY (run_id, task_id),
  constraint run_tasks_graph_task_fkey FOREIGN KEY (graph_hash, task_id) REFERENCES graph_tasks(graph_hash, task_id),
  constraint run_tasks_ready_check CHECK (((state = 'ready'::text) = (ready_at IS NOT NULL))),
  constraint run_tasks_reused_check CHECK (((reused_from_attempt_id IS NULL) OR (state = 'succeeded'::text))),
  constraint run_tasks_reused_from_attempt_fkey FOREIGN KEY (reused_from_attempt_id) REFERENCES attempts(id),
  constraint run_tasks_run_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint run_tasks_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'ready'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'errored'::text, 'upstream_failed'::text, 'skipped'::text, 'cancelled'::text]))),
  constraint run_tasks_trigger_rule_check CHECK ((trigger_rule = ANY (ARRAY['all_succeeded'::text, 'all_done'::text, 'one_failed'::text]))),
  constraint run_tasks_waiting_on_check CHECK ((waiting_on >= 0))
);
CREATE INDEX run_tasks_claim_idx ON public.run_tasks USING btree (environment, run_id, "position") WHERE (state = 'ready'::text);
CREATE INDEX run_tasks_ready_at_idx ON public.run_tasks USING btree (environment, ready_at) WHERE (state = 'ready'::text);
CREATE INDEX run_tasks_reused_idx ON public.run_tasks USING btree (reused_from_attempt_id) WHERE (reused_from_attempt_id IS NOT NULL);
CREATE INDEX run_tasks_room_idx ON public.run_tasks USING btree (environment, pool, priority DESC, run_id, "position") WHERE (state = 'ready'::text);

create table runs (
  id uuid not null default uuidv7(),
  environment text not null,
  run_number integer not null,
  pipeline text not null,
  code_location text not null,
  source_file text not null,
  graph_hash text not null,
  state text not null default 'queued'::text,
  unfinished_tasks integer not null,
  trigger text not null,
  created_by text not null,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  cancel_requested_at timestamp with time zone,
  cancel_requested_by text,
  cancel_reason text,
  rerun_of uuid,
  parameters jsonb not null default '{}'::jsonb,
  bundle_hash text,
  logical_at timestamp with time zone,
  logical_date date,
  note text,
  schedule_id uuid,
  release_id text,
  constraint runs_pkey PRIMARY KEY (id),
  constraint runs_bundle_fkey FOREIGN KEY (bundle_hash) REFERENCES bundles(hash),
  constraint runs_ended_check CHECK (((finished_at IS NOT NULL) = (state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])))),
  constraint runs_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint runs_finished_check CHECK (((finished_at IS NOT NULL) = (unfinished_tasks = 0))),
  constraint runs_graph_fkey FOREIGN KEY (graph_hash) REFERENCES graphs(hash),
  constraint runs_number_key UNIQUE (environment, run_number),
  constraint runs_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint runs_rerun_of_fkey FOREIGN KEY (rerun_of) REFERENCES runs(id),
  constraint runs_schedule_fkey FOREIGN KEY (schedule_id) REFERENCES schedules(id),
  constraint runs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text]))),
  constraint runs_unfinished_tasks_check CHECK ((unfinished_tasks >= 0))
);
CREATE INDEX runs_bundle_idx ON public.runs USING btree (bundle_hash) WHERE (bundle_hash IS NOT NULL);
CREATE INDEX runs_ended_idx ON public.runs USING btree (environment, pipeline, id) WHERE (state = ANY (ARRAY['succeeded'::text, 'failed'::text]));
CREATE INDEX runs_environment_idx ON public.runs USING btree (environment, id);
CREATE INDEX runs_finished_idx ON public.runs USING btree (finished_at) WHERE (finished_at IS NOT NULL);
CREATE INDEX runs_pipeline_idx ON public.runs USING btree (environment, pipeline, id);
CREATE INDEX runs_release_idx ON public.runs USING btree (release_id, environment, pipeline, id) WHERE (release_id IS NOT NULL);
CREATE INDEX runs_rerun_of_idx ON public.runs USING btree (rerun_of) WHERE (rerun_of IS NOT NULL);
CREATE UNIQUE INDEX runs_schedule_live_key ON public.runs USING btree (schedule_id) WHERE ((schedule_id IS NOT NULL) AND (finished_at IS NULL));
CREATE UNIQUE INDEX runs_schedule_slot_key ON public.runs USING btree (schedule_id, logical_at) WHERE (trigger = 'schedule'::text);
CREATE INDEX runs_state_idx ON public.runs USING btree (state, id);

create table schedule_slots (
  schedule_id uuid not null,
  slot_at timestamp with time zone not null,
  until_at timestamp with time zone,
  outcome text not null,
  reason_code text,
  run_id uuid,
  decided_at timestamp with time zone not null default now(),
  constraint schedule_slots_pkey PRIMARY KEY (schedule_id, slot_at),
  constraint schedule_slots_outcome_check CHECK ((outcome = ANY (ARRAY['planned'::text, 'queued'::text, 'skipped'::text, 'missed'::text]))),
  constraint schedule_slots_reason_check CHECK (((outcome = ANY (ARRAY['skipped'::text, 'missed'::text])) = (reason_code IS NOT NULL))),
  constraint schedule_slots_run_check CHECK (((outcome = 'planned'::text) = (run_id IS NOT NULL))),
  constraint schedule_slots_run_fkey FOREIGN KEY (run_id) REFERENCES runs(id),
  constraint schedule_slots_schedule_fkey FOREIGN KEY (schedule_id) REFERENCES schedules(id),
  constraint schedule_slots_until_check CHECK (((until_at IS NULL) OR ((until_at > slot_at) AND (outcome = 'missed'::text))))
);
CREATE INDEX schedule_slots_queued_idx ON public.schedule_slots USING btree (schedule_id, slot_at) WHERE (outcome = 'queued'::text);
CREATE INDEX schedule_slots_run_idx ON public.schedule_slots USING btree (run_id) WHERE (run_id IS NOT NULL);
CREATE INDEX schedule_slots_slot_at_idx ON public.schedule_slots USING btree (slot_at);

create table schedules (
  id uuid not null default uuidv7(),
  environment text not null,
  code_location text not null,
  pipeline text not null,
  name text not null,
  definition jsonb not null,
  next_slot_at timestamp with time zone,
  paused_at timestamp with time zone,
  paused_by text,
  pause_note text,
  registered_at timestamp with time zone not null default now(),
  removed_at timestamp with time zone,
  constraint schedules_pkey PRIMARY KEY (id),
  constraint schedules_code_location_fkey FOREIGN KEY (environment, code_location) REFERENCES code_locations(environment, name),
  constraint schedules_name_key UNIQUE (environment, code_location, pipeline, name),
  constraint schedules_paused_check CHECK (((paused_at IS NULL) = (paused_by IS NULL))),
  constraint schedules_ticks_check CHECK (((next_slot_at IS NOT NULL) = ((paused_at IS NULL) AND (removed_at IS NULL))))
);
CREATE INDEX schedules_next_slot_idx ON public.schedules USING btree (next_slot_at) WHERE (next_slot_at IS NOT NULL);

create table schema_migrations (
  version integer not null,
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

create table session_releases (
  session_id uuid not null,
  release_id text not null,
  error_code text,
  error_message text,
  reported_at timestamp with time zone not null default now(),
  constraint session_releases_pkey PRIMARY KEY (session_id),
  constraint session_releases_error_check CHECK (((error_code IS NULL) = (error_message IS NULL))),
  constraint session_releases_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint session_releases_session_fkey FOREIGN KEY (session_id) REFERENCES agent_sessions(id)
);

create table sign_offs (
  id uuid not null default uuidv7(),
  release_id text not null,
  environment text not null,
  role text not null,
  person text not null,
  decision text not null,
  note text,
  given_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  withdrawn_by text,
  withdrawn_why text,
  account text not null default ''::text,
  is_by_binding boolean not null default false,
  constraint sign_offs_pkey PRIMARY KEY (id),
  constraint sign_offs_decision_check CHECK ((decision = ANY (ARRAY['approved'::text, 'refused'::text]))),
  constraint sign_offs_environment_fkey FOREIGN KEY (environment) REFERENCES environments(name),
  constraint sign_offs_release_fkey FOREIGN KEY (release_id) REFERENCES releases(id)
);
CREATE UNIQUE INDEX sign_offs_person_key ON public.sign_offs USING btree (release_id, environment, person, account) WHERE (withdrawn_at IS NULL);
CREATE INDEX sign_offs_release_idx ON public.sign_offs USING btree (release_id, environment);
