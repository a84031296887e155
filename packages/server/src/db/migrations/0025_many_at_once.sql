-- How often an agent ended while it held the task unbegun. Such an attempt is removed and the task granted anew, but not for ever: it may
-- be what ends the agents. A server of the version before ends such an attempt as errored, and goes on beside this one.
alter table run_tasks add column lost_starts smallint not null default 0;

-- How the run of a pipeline before it ended is asked at each end: without those that still run beside it, of which there may be many.
create index runs_ended_idx on runs (environment, pipeline, id) where state in ('succeeded', 'failed');
