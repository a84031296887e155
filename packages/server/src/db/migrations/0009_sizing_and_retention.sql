-- What an agent says it runs at a time, and the indices by which old runs are found and deleted. A server of the version before
-- goes on beside this one: it stores no count, and deletes nothing.

alter table agent_sessions
  -- Null: the agent did not say.
  add column max_attempts integer;

-- Ended runs, the oldest first.
create index runs_finished_idx on runs (finished_at) where finished_at is not null;

-- What refers to a run or an attempt: each deletion looks for it.
create index runs_rerun_of_idx on runs (rerun_of) where rerun_of is not null;
create index runs_bundle_idx on runs (bundle_hash) where bundle_hash is not null;
create index run_tasks_reused_idx on run_tasks (reused_from_attempt_id) where reused_from_attempt_id is not null;
create index run_task_edges_downstream_idx on run_task_edges (run_id, downstream_id);
create index schedule_slots_run_idx on schedule_slots (run_id) where run_id is not null;
create index bundles_created_idx on bundles (created_at);
