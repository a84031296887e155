-- Attempts that are given up, and runs that repeat others. All columns are nullable: a server of the version before goes on
-- beside this one.

alter table attempts
  add column given_up_at timestamptz,
  -- The person who said so; null when it was given up by policy.
  add column given_up_by text,
  add column late_outcome text,
  add column late_exit_code integer,
  add column late_reported_at timestamptz,
  add constraint attempts_given_up_check check (given_up_at is null or state = 'errored'),
  add constraint attempts_late_outcome_check check (late_outcome in ('succeeded', 'failed', 'errored', 'cancelled')),
  add constraint attempts_late_check check ((late_outcome is not null) = (late_reported_at is not null)
    and (late_reported_at is null or given_up_at is not null));
create index attempts_uncertain_idx on attempts (session_id) where state = 'uncertain';
-- Attempts whose agent has not heard yet, or not said, that they were given up.
create index attempts_unheard_session_idx on attempts (session_id) where given_up_at is not null and late_reported_at is null;

alter table runs
  add column rerun_of uuid,
  add constraint runs_rerun_of_fkey foreign key (rerun_of) references runs (id);

alter table run_tasks
  add column reused_from_attempt_id uuid,
  add constraint run_tasks_reused_from_attempt_fkey foreign key (reused_from_attempt_id) references attempts (id),
  add constraint run_tasks_reused_check check (reused_from_attempt_id is null or state = 'succeeded');
