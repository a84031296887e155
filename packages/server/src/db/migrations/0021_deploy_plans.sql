-- Plans of deploy commands: what an agent would apply, by the hash of its file, and who approved that very file.

create table deploy_plans (
  id uuid not null default uuidv7() constraint deploy_plans_pkey primary key,
  promotion_id uuid not null constraint deploy_plans_promotion_fkey references promotions (id),
  -- Who made it, and alone has the file.
  agent_id uuid not null constraint deploy_plans_agent_fkey references agents (id),
  -- SHA-256 (hex) of the file. Null: it could not be made.
  sha256 text constraint deploy_plans_sha256_check check (sha256 ~ '^[0-9a-f]{64}$'),
  size_bytes bigint,
  output text not null,
  is_output_cut boolean not null,
  error_code text,
  error_message text,
  made_at timestamptz not null default now(),
  expires_at timestamptz not null,
  -- The promotion began with it: it alone may be applied.
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  withdrawn_why text,
  constraint deploy_plans_content_check check (num_nonnulls(sha256, error_code) = 1
    and (sha256 is null) = (size_bytes is null) and (error_code is null) = (error_message is null)),
  constraint deploy_plans_withdrawn_check check ((withdrawn_at is null) = (withdrawn_why is null)),
  constraint deploy_plans_accepted_check check (accepted_at is null or (sha256 is not null and withdrawn_at is null))
);
-- One counts for a promotion.
create unique index deploy_plans_current_key on deploy_plans (promotion_id) where withdrawn_at is null;
create index deploy_plans_promotion_idx on deploy_plans (promotion_id, id);

create table deploy_plan_sign_offs (
  plan_id uuid not null constraint deploy_plan_sign_offs_plan_fkey references deploy_plans (id),
  person text not null,
  role text not null,
  decision text not null constraint deploy_plan_sign_offs_decision_check check (decision in ('approved', 'refused')),
  note text,
  given_at timestamptz not null default now(),
  constraint deploy_plan_sign_offs_pkey primary key (plan_id, person)
);

-- Its agent has a command that makes plans. One of an environment's agents makes them.
alter table agent_sessions add column makes_deploy_plans boolean not null default false;

-- The release that a rollback was asked to go back from. Null: a promotion, or a rollback of before.
alter table promotions add column rolls_back_from text constraint promotions_rolls_back_from_fkey references releases (id);
create index promotions_rolls_back_idx on promotions (environment, rolls_back_from) where rolls_back_from is not null;
