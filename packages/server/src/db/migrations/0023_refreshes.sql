-- dbt models that a rollback makes anew, by one run of a pipeline of the release that it goes back to.

create table refreshes (
  promotion_id uuid not null constraint refreshes_pkey primary key
    constraint refreshes_promotion_fkey references promotions (id),
  pipeline text not null,
  -- Unique ids of dbt: what was chosen, and what lies between.
  models jsonb not null,
  models_between jsonb not null,
  -- Started once. Runs are deleted with their time, so no key refers to them.
  run_id uuid,
  -- Why it could not be started: code and message.
  problem jsonb,
  constraint refreshes_start_check check (run_id is null or problem is null)
);
create index refreshes_unstarted_idx on refreshes (promotion_id) where run_id is null and problem is null;
