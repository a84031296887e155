-- Schedules: when pipelines run by themselves, and what became of each slot. A server of the version before goes on beside this
-- one: it neither ticks nor looks at them.

create table schedules (
  id uuid not null default uuidv7(),
  environment text not null,
  code_location text not null,
  pipeline text not null,
  name text not null,
  -- As the last registration said it.
  definition jsonb not null,
  -- The first slot that has no outcome yet. Null: it does not tick, being paused or removed.
  next_slot_at timestamptz,
  paused_at timestamptz,
  paused_by text,
  pause_note text,
  registered_at timestamptz not null default now(),
  removed_at timestamptz,
  constraint schedules_pkey primary key (id),
  constraint schedules_name_key unique (environment, code_location, pipeline, name),
  constraint schedules_code_location_fkey foreign key (environment, code_location) references code_locations (environment, name),
  constraint schedules_paused_check check ((paused_at is null) = (paused_by is null)),
  constraint schedules_ticks_check check ((next_slot_at is not null) = (paused_at is null and removed_at is null))
);
create index schedules_next_slot_idx on schedules (next_slot_at) where next_slot_at is not null;

create table schedule_slots (
  schedule_id uuid not null,
  slot_at timestamptz not null,
  -- Set when the row stands for all slots from slot_at to this one.
  until_at timestamptz,
  outcome text not null,
  reason_code text,
  run_id uuid,
  decided_at timestamptz not null default now(),
  -- Two ticks of one slot can't both be written, on however many servers.
  constraint schedule_slots_pkey primary key (schedule_id, slot_at),
  constraint schedule_slots_schedule_fkey foreign key (schedule_id) references schedules (id),
  constraint schedule_slots_run_fkey foreign key (run_id) references runs (id),
  constraint schedule_slots_outcome_check check (outcome in ('planned', 'queued', 'skipped', 'missed')),
  constraint schedule_slots_run_check check ((outcome = 'planned') = (run_id is not null)),
  constraint schedule_slots_reason_check check ((outcome in ('skipped', 'missed')) = (reason_code is not null)),
  constraint schedule_slots_until_check check (until_at is null or (until_at > slot_at and outcome = 'missed'))
);
create index schedule_slots_queued_idx on schedule_slots (schedule_id, slot_at) where outcome = 'queued';
create index schedule_slots_slot_at_idx on schedule_slots (slot_at);

alter table runs
  -- The schedule that planned it, by itself or by a person's word (trigger).
  add column schedule_id uuid,
  add constraint runs_schedule_fkey foreign key (schedule_id) references schedules (id);
create unique index runs_schedule_slot_key on runs (schedule_id, logical_at) where trigger = 'schedule';
-- A schedule never has two runs at once.
create unique index runs_schedule_live_key on runs (schedule_id) where schedule_id is not null and finished_at is null;

alter table events
  drop constraint events_kind_check,
  add constraint events_kind_check check (kind in ('run.planned', 'run.changed', 'attempt.changed', 'log.appended', 'code.registered', 'agent.changed', 'schedule.changed'));
