-- Releases and their way through environments. What is decided (desired) and what is so (deployments) are two tables: between
-- them lies what agents report.

alter table access_tokens drop constraint access_tokens_role_check,
  add constraint access_tokens_role_check check (role in ('viewer', 'business', 'engineer', 'release-manager', 'administrator'));
alter table console_links drop constraint console_links_role_check,
  add constraint console_links_role_check check (role in ('viewer', 'business', 'engineer', 'release-manager', 'administrator'));
alter table console_sessions drop constraint console_sessions_role_check,
  add constraint console_sessions_role_check check (role in ('viewer', 'business', 'engineer', 'release-manager', 'administrator'));

create table releases (
  -- SHA-256 (hex) of the bill's canonical JSON.
  id text constraint releases_pkey primary key constraint releases_id_check check (id ~ '^[0-9a-f]{64}$'),
  project text not null,
  version text not null,
  bill jsonb not null,
  -- Also in the bill; here it keeps the bundle.
  bundle_hash text constraint releases_bundle_fkey references bundles (hash),
  changelog text not null constraint releases_changelog_check check (changelog <> ''),
  created_at timestamptz not null default now(),
  created_by text not null,
  -- Host or CI job that built it, in its own words.
  created_from text not null,
  constraint releases_version_key unique (project, version)
);
create index releases_bundle_idx on releases (bundle_hash) where bundle_hash is not null;

create function refuse_release_change() returns trigger language plpgsql as $$
begin
  raise exception 'a release is immutable' using errcode = 'insufficient_privilege';
end
$$;
create trigger releases_change before update or delete on releases for each row execute function refuse_release_change();
create trigger releases_truncate before truncate on releases for each statement execute function refuse_release_change();

create table promotion_policies (
  version integer generated always as identity constraint promotion_policies_pkey primary key,
  body jsonb not null,
  applied_at timestamptz not null default now(),
  applied_by text not null,
  note text
);

create table promotions (
  id uuid not null default uuidv7() constraint promotions_pkey primary key,
  environment text not null constraint promotions_environment_fkey references environments (name),
  release_id text not null constraint promotions_release_fkey references releases (id),
  kind text not null constraint promotions_kind_check check (kind in ('promotion', 'rollback')),
  state text not null default 'pending' constraint promotions_state_check
    check (state in ('pending', 'running', 'succeeded', 'failed', 'errored', 'aborted')),
  plan jsonb not null,
  rollback_plan text,
  not_before timestamptz,
  note text,
  requested_at timestamptz not null default now(),
  requested_by text not null,
  -- What its gates said last, by which policy (0: the one that is shipped), and when time alone may change it.
  verdicts jsonb not null default '[]',
  policy_version integer,
  judged_at timestamptz,
  ask_again_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  end_code text,
  end_reason text,
  constraint promotions_ended_check check ((ended_at is not null) = (state in ('succeeded', 'failed', 'errored', 'aborted'))),
  constraint promotions_started_check check (state <> 'running' or started_at is not null)
);
-- One at a time in an environment, waiting or running.
create unique index promotions_live_key on promotions (environment) where state in ('pending', 'running');
create index promotions_environment_idx on promotions (environment, id);
create index promotions_release_idx on promotions (release_id);

-- What an environment shall run. Without a row it runs the working tree of its agents.
create table desired_releases (
  environment text constraint desired_releases_pkey primary key constraint desired_releases_environment_fkey references environments (name),
  release_id text not null constraint desired_releases_release_fkey references releases (id),
  promotion_id uuid not null constraint desired_releases_promotion_fkey references promotions (id),
  decided_at timestamptz not null default now()
);

-- What an environment ran, from the moment all its agents had it.
create table deployments (
  id uuid not null default uuidv7() constraint deployments_pkey primary key,
  environment text not null constraint deployments_environment_fkey references environments (name),
  release_id text not null constraint deployments_release_fkey references releases (id),
  promotion_id uuid not null constraint deployments_promotion_fkey references promotions (id),
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  ended_by uuid constraint deployments_ended_by_fkey references promotions (id),
  constraint deployments_ended_check check ((ended_at is null) = (ended_by is null))
);
create unique index deployments_current_key on deployments (environment) where ended_at is null;
create index deployments_environment_idx on deployments (environment, id);

-- What each session of an agent last said about the release its environment shall run.
create table session_releases (
  session_id uuid constraint session_releases_pkey primary key constraint session_releases_session_fkey references agent_sessions (id),
  release_id text not null constraint session_releases_release_fkey references releases (id),
  error_code text,
  error_message text,
  reported_at timestamptz not null default now(),
  constraint session_releases_error_check check ((error_code is null) = (error_message is null))
);

create table sign_offs (
  id uuid not null default uuidv7() constraint sign_offs_pkey primary key,
  release_id text not null constraint sign_offs_release_fkey references releases (id),
  environment text not null constraint sign_offs_environment_fkey references environments (name),
  role text not null,
  person text not null,
  decision text not null constraint sign_offs_decision_check check (decision in ('approved', 'refused')),
  note text,
  given_at timestamptz not null default now(),
  expires_at timestamptz not null,
  withdrawn_at timestamptz
);
-- A person has one word about a release in an environment, in one role.
create unique index sign_offs_person_key on sign_offs (release_id, environment, person) where withdrawn_at is null;

create index sign_offs_release_idx on sign_offs (release_id, environment);

create table freezes (
  id uuid not null default uuidv7() constraint freezes_pkey primary key,
  environment text not null constraint freezes_environment_fkey references environments (name),
  reason text not null,
  starts_at timestamptz not null,
  ends_at timestamptz,
  declared_at timestamptz not null default now(),
  declared_by text not null,
  lifted_at timestamptz,
  lifted_by text,
  constraint freezes_order_check check (ends_at > starts_at),
  constraint freezes_lifted_check check ((lifted_at is null) = (lifted_by is null))
);
create index freezes_environment_idx on freezes (environment, starts_at) where lifted_at is null;

-- Null: the working tree of an agent.
alter table code_locations add column release_id text constraint code_locations_release_fkey references releases (id);
alter table runs add column release_id text constraint runs_release_fkey references releases (id);
create index runs_release_idx on runs (release_id, environment, pipeline, id) where release_id is not null;
