// On filled tables the frequent statements use the index they name; none reads a whole table.
import { expect, test } from 'vitest';
import { findAttemptByToken } from '../access/operations/find-attempt-by-token.ts';
import { findConsoleSession } from '../access/operations/find-console-session.ts';
import { findIdentityByToken } from '../access/operations/find-identity-by-token.ts';
import { findNextLeaseEnd } from '../agents/operations/find-next-lease-end.ts';
import { renewSession } from '../agents/operations/renew-session.ts';
import { silenceSessions } from '../agents/operations/silence-sessions.ts';
import { listAbsentRuns } from '../alerts/operations/list-absent-runs.ts';
import { claimTasks } from '../attempts/operations/claim-tasks.ts';
import { endAttempts } from '../attempts/operations/end-attempts.ts';
import { findNextLoss } from '../attempts/operations/find-next-loss.ts';
import { findNextReady } from '../attempts/operations/find-next-ready.ts';
import { listCancelIntents } from '../attempts/operations/list-cancel-intents.ts';
import { listHeldAttempts } from '../attempts/operations/list-held-attempts.ts';
import { listLostAttempts } from '../attempts/operations/list-lost-attempts.ts';
import { redeliverGrants } from '../attempts/operations/redeliver-grants.ts';
import { findAuditHead } from '../audit/operations/find-audit-head.ts';
import { listAudit } from '../audit/operations/list-audit.ts';
import { listUnlinkedEntries } from '../audit/operations/list-unlinked-entries.ts';
import { readAudit } from '../audit/operations/read-audit.ts';
import { listInventory } from '../datakits/operations/list-inventory.ts';
import { readEvents } from '../events/operations/read-events.ts';
import { readLogBytes } from '../logs/operations/read-log-bytes.ts';
import { listLastEnds } from '../metrics/operations/list-last-ends.ts';
import { readGauge } from '../metrics/operations/read-gauges.ts';
import { claimDeliveries } from '../notifications/operations/claim-deliveries.ts';
import { endDeliveries } from '../notifications/operations/end-deliveries.ts';
import { findNextDelivery } from '../notifications/operations/find-next-delivery.ts';
import { listNotifications } from '../notifications/operations/list-notifications.ts';
import { pruneNotifications } from '../notifications/operations/prune-notifications.ts';
import { returnDeliveries } from '../notifications/operations/return-deliveries.ts';
import { listPools } from '../pools/operations/list-pools.ts';
import { lockWantedPools } from '../pools/operations/lock-wanted-pools.ts';
import { deleteBundles } from '../retention/operations/delete-bundles.ts';
import { deleteExpiredEvents } from '../retention/operations/delete-expired-events.ts';
import { deleteLogChunks } from '../retention/operations/delete-log-chunks.ts';
import { deleteRuns } from '../retention/operations/delete-runs.ts';
import { lockExpiredRuns } from '../retention/operations/lock-expired-runs.ts';
import { lockUnusedBundles } from '../retention/operations/lock-unused-bundles.ts';
import { countOffTasks } from '../runs/operations/count-off-tasks.ts';
import { endRuns } from '../runs/operations/end-runs.ts';
import { listFirstFailures } from '../runs/operations/list-first-failures.ts';
import { listLastRuns } from '../runs/operations/list-last-runs.ts';
import { listRuns } from '../runs/operations/list-runs.ts';
import { listAllWaiting, listDirectlyWaiting } from '../runs/operations/list-waiting-tasks.ts';
import { lockRunsOfAttempts } from '../runs/operations/lock-runs-of-attempts.ts';
import { writeTaskStates } from '../runs/operations/write-task-states.ts';
import { findLiveRun } from '../schedules/operations/find-live-run.ts';
import { findNextSlot } from '../schedules/operations/find-next-slot.ts';
import { listDueSchedules } from '../schedules/operations/list-due-schedules.ts';
import { listLastSlots } from '../schedules/operations/list-last-slots.ts';
import { listQueuedSlots } from '../schedules/operations/list-queued-slots.ts';
import { listScheduleSlots } from '../schedules/operations/list-schedule-slots.ts';
import { lockFreeSchedule } from '../schedules/operations/lock-free-schedule.ts';
import { pruneSlots } from '../schedules/operations/prune-slots.ts';
import { explainPlan } from '../testing/explain-plan.ts';
import { useFilledDatabase } from '../testing/filled-database.ts';
import type { Db } from './database.ts';

/** 3,000 runs of 12 tasks, all ended but the last 1,000; as many attempts, sessions, events and log chunks. */
const FILL = `
insert into environments (name, kind, position) values ('int', 'shared', 1), ('qa', 'shared', 2);
insert into pools (environment, name, declared_slots, changed_by)
  select 'int', 'pool-' || n, 4, 'main' from generate_series(1, 3) n;
insert into pools (environment, name, declared_slots, changed_by) values ('int', 'scarce', 4, 'main');
insert into agents (environment, name) select 'int', 'agent-' || n from generate_series(1, 300) n;
insert into agent_credentials (token_hash, agent_id) select sha256(name::bytea), id from agents;
insert into access_tokens (token_hash, name, role, expires_at)
  select sha256(('t' || n)::bytea), 'p' || n, 'viewer', now() + interval '1 day' from generate_series(1, 3000) n;
insert into console_sessions (token_hash, name, role, expires_at)
  select sha256(('c' || n)::bytea), 'p' || n, 'viewer', now() + interval '1 day' from generate_series(1, 3000) n;
insert into access_policies (body, applied_by) select '{}', 'x' from generate_series(1, 3000);
insert into agent_sessions (agent_id, environment, host, boot_id, version, lease_ends_at, ended_at)
  select a.id, 'int', 'h', 'b', '1', now() + interval '1 minute', case when n < 20 then now() end from agents a, generate_series(1, 20) n;
insert into graphs (hash, body) values ('g', '{"description": "", "tasks": []}');
insert into graph_tasks (graph_hash, task_id, position, spec, spec_hash)
  select 'g', 't' || n, n, '{"idempotent": false, "retry": {"limit": 0, "delaySeconds": 0}}', 's' from generate_series(1, 12) n;
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger,
                  created_by, state, finished_at)
  select 'int', n, 'p' || n % 30, 'main', 'f', 'g', case when n > 2000 then 12 else 0 end, 'manual', 'x',
         case when n > 2000 then 'running' else 'succeeded' end, case when n <= 2000 then now() end
  from generate_series(1, 3000) n;
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on, ready_at)
  select r.id, g.task_id, g.position, 'int', 'g',
         case when r.finished_at is not null then 'succeeded' when g.position < 3 then 'running' when g.position < 6 then 'ready' else 'waiting' end,
         0, case when r.finished_at is null and g.position between 3 and 5 then now() end
  from runs r, graph_tasks g;
insert into run_task_edges (run_id, upstream_id, downstream_id) select r.id, 't' || n, 't' || n + 1 from runs r, generate_series(1, 11) n;
insert into attempts (run_id, task_id, number, environment, state, session_id, agent_id, host, spec_hash, finished_at, datakit_name)
  select t.run_id, t.task_id, 1, 'int', t.state, s.id, s.agent_id, 'h', 's', case when t.state = 'succeeded' then now() end,
         case when t.state = 'succeeded' then 'kit-' || t.n % 50 end
  from (select t.*, row_number() over (order by run_id) as n from run_tasks t where state in ('succeeded', 'running')) t
  join (select s.*, row_number() over (order by id) as n from agent_sessions s) s on s.n = 1 + t.n % 6000;
insert into datakit_inventories (environment, agent_id, report)
  select 'int', (select id from agents limit 1), jsonb_build_object('datakits', jsonb_agg(jsonb_build_object('name', 'kit-' || n)))
  from generate_series(0, 49) n;
insert into log_chunks (attempt_id, start_offset, bytes)
  select id, n * 100, convert_to(repeat('x', 100), 'utf8') from (select id from attempts limit 300) a, generate_series(0, 49) n;
insert into events (kind, environment, run_id, transaction_id)
  select 'run.changed', 'int', id, (row_number() over (order by id))::text::xid8 from runs, generate_series(1, 5);
insert into audit_entries (actor_kind, actor_name, action, subject_kind, subject_id, subject_name, environment, sequence, previous_hash, hash)
  select 'person', 'p' || n % 300, 'a' || n % 30 || '.done', 'run', 'id' || n, 'run #' || n, 'e' || n % 1000, n, 'h' || n - 1, 'h' || n
  from generate_series(1, 30000) n;
insert into code_locations (environment, name, source_hash) values ('int', 'main', 's');
insert into schedules (environment, code_location, pipeline, name, definition, next_slot_at, paused_at, paused_by)
  select 'int', 'main', 'p' || n, 'default', '{}', case when n % 3 > 0 then now() + n * interval '1 minute' end,
         case when n % 3 = 0 then now() end, case when n % 3 = 0 then 'x' end
  from generate_series(1, 20000) n;
insert into schedule_slots (schedule_id, slot_at, outcome, reason_code)
  select s.id, now() - n * interval '1 hour', case when n = 1 and s.pipeline like 'p1%00' then 'queued' else 'skipped' end,
         case when n = 1 and s.pipeline like 'p1%00' then null else 'RUN_NOT_ENDED' end
  from (select * from schedules order by id limit 1000) s, generate_series(1, 100) n;
insert into notifications (environment, kind, severity, dedup_key, facts)
  select case when n % 2 = 0 then 'int' else 'qa' end, 'run.failed', 'critical', 'k' || n, '{}' from generate_series(1, 20000) n;
insert into notification_deliveries (notification_id, environment, sink, state, due_at, ended_at)
  select id, environment, 'chat', case when n > 200 then 'delivered' else 'waiting' end,
         case when n <= 200 then now() - n * interval '1 minute' end, case when n > 200 then now() end
  from (select *, row_number() over (order by id) as n from notifications) x;
insert into bundles (hash, bytes) select 'b' || n, 'x' from generate_series(1, 3000) n;
update runs r set schedule_id = s.id from schedules s where s.pipeline = 'p' || r.run_number;
analyze;`;

const getClient = useFilledDatabase(FILL);

const ID = '01890000-0000-7000-8000-000000000000';
const claim = { environment: 'int', sessionId: ID, agentId: ID, host: 'h', slots: 10, protocol: 2, pools: ['scarce'] };
const ending = {
  attemptId: ID,
  outcome: 'succeeded',
  exitCode: 0,
  reasonCode: null,
  reason: null,
  result: null,
} as const;
const change = {
  runId: ID,
  taskId: 't1',
  from: 'waiting',
  to: 'ready',
  waitingOn: 0,
} as const;
const session = { sessionId: ID, agentId: ID };
const waiting = { environment: 'int', sessionId: ID, redeliverAfterSeconds: 15 };
const delivery = { environment: 'int', sessionId: ID, limit: 10, leaseSeconds: 60 };
const ended = { id: ID, tries: 1, isDelivered: false, error: null, pauseSeconds: 5 };

/** What transactions that come with every attempt ask, by plans for any value. */
const FREQUENT = [
  'claimTasks',
  'lockWantedPools',
  'findNextReady',
  'endAttempts',
  'lockRunsOfAttempts',
  'redeliverGrants',
  'listCancelIntents',
  'listDirectlyWaiting',
  'listAllWaiting',
  'writeTaskStates',
  'countOffTasks',
  'renewSession',
  'endRuns',
];

test.each<[string, string, (db: Db) => Promise<unknown>]>([
  ['claimTasks', 'run_tasks_room_idx', (db) => claimTasks(db, claim)],
  ['claimTasks of a pool', 'attempts_pool_idx', (db) => claimTasks(db, claim)],
  ['lockWantedPools', 'run_tasks_ready_at_idx', (db) => lockWantedPools(db, 'int')],
  ['listPools', 'attempts_pool_idx', (db) => listPools(db, { environment: 'int' })],
  ['findNextReady', 'run_tasks_ready_at_idx', (db) => findNextReady(db, waiting)],
  ['findNextReady of lost grants', 'attempts_live_session_idx', (db) => findNextReady(db, waiting)],
  ['listAbsentRuns', 'runs_pipeline_idx', listAbsentRuns],
  ['listLastEnds', 'runs_pipeline_idx', listLastEnds],
  ['readGauge of attempts', 'attempts_live_session_idx', (db) => readGauge(db, 'liveAttempts')],
  ['readGauge of tasks', 'run_tasks_ready_at_idx', (db) => readGauge(db, 'readyTasks')],
  ['endAttempts', 'attempts_pkey', (db) => endAttempts(db, [ending])],
  ['lockRunsOfAttempts', 'runs_pkey', (db) => lockRunsOfAttempts(db, [ID], ID)],
  ['redeliverGrants', 'attempts_live_session_idx', (db) => redeliverGrants(db, ID, 15)],
  ['listCancelIntents', 'attempts_live_session_idx', (db) => listCancelIntents(db, ID)],
  ['listHeldAttempts', 'attempts_live_agent_idx', (db) => listHeldAttempts(db, ID)],
  ['listDirectlyWaiting', 'run_task_edges_pkey', (db) => listDirectlyWaiting(db, [{ runId: ID, taskId: 't1' }])],
  ['listAllWaiting', 'run_task_edges_pkey', (db) => listAllWaiting(db, [{ runId: ID, taskId: 't1' }])],
  ['writeTaskStates', 'run_tasks_pkey', (db) => writeTaskStates(db, [change])],
  ['countOffTasks', 'run_tasks_pkey', (db) => countOffTasks(db, new Map([[ID, 1]]))],
  // One live session per agent: its index leads to the same row.
  ['renewSession', 'agent_sessions_live_agent_key', (db) => renewSession(db, session, 15)],
  ['silenceSessions', 'agent_sessions_lease_idx', (db) => silenceSessions(db)],
  ['findNextLeaseEnd', 'agent_sessions_lease_idx', (db) => findNextLeaseEnd(db)],
  ['listLostAttempts', 'attempts_uncertain_idx', (db) => listLostAttempts(db, 900)],
  ['findNextLoss', 'attempts_uncertain_idx', (db) => findNextLoss(db, 900)],
  ['listCancelIntents of what was given up', 'attempts_unheard_session_idx', (db) => listCancelIntents(db, ID)],
  ['findIdentityByToken', 'access_tokens_pkey', (db) => findIdentityByToken(db, 'x')],
  ['findAttemptByToken', 'attempts_bundle_token_idx', (db) => findAttemptByToken(db, 'x')],
  ['findConsoleSession', 'console_sessions_pkey', (db) => findConsoleSession(db, 'x')],
  ['listRuns', 'runs_pkey', (db) => listRuns(db, { readable: null, limit: 50 })],
  [
    'listRuns of a pipeline',
    'runs_pipeline_idx',
    (db) => listRuns(db, { readable: null, environment: 'int', pipeline: 'p3', limit: 50 }),
  ],
  ['listRuns of the environments of somebody', 'runs_pkey', (db) => listRuns(db, { readable: ['int'], limit: 50 })],
  ['listRuns by state', 'runs_state_idx', (db) => listRuns(db, { readable: null, state: 'queued', limit: 50 })],
  ['listLastRuns', 'runs_pipeline_idx', (db) => listLastRuns(db, [{ environment: 'int', pipeline: 'p3' }], 10)],
  ['listDueSchedules', 'schedules_next_slot_idx', (db) => listDueSchedules(db)],
  ['listDueSchedules of what waits', 'schedule_slots_queued_idx', (db) => listDueSchedules(db)],
  ['findNextSlot', 'schedules_next_slot_idx', (db) => findNextSlot(db)],
  ['lockFreeSchedule', 'schedules_pkey', (db) => lockFreeSchedule(db, ID)],
  ['findLiveRun', 'runs_schedule_live_key', (db) => findLiveRun(db, ID)],
  ['listQueuedSlots', 'schedule_slots_queued_idx', (db) => listQueuedSlots(db, ID)],
  ['listLastSlots', 'schedule_slots_pkey', (db) => listLastSlots(db, [ID], 10)],
  ['listScheduleSlots', 'schedule_slots_pkey', (db) => listScheduleSlots(db, { scheduleId: ID, limit: 50 })],
  ['pruneSlots', 'schedule_slots_slot_at_idx', (db) => pruneSlots(db, { days: 90, limit: 1000 })],
  ['lockExpiredRuns', 'runs_finished_idx', (db) => lockExpiredRuns(db, { days: 90, limit: 20 })],
  ['deleteLogChunks', 'log_chunks_pkey', (db) => deleteLogChunks(db, { runIds: [ID], limit: 1000 })],
  ['deleteRuns', 'attempts_number_key', (db) => deleteRuns(db, [ID])],
  ['deleteRuns of their slots', 'schedule_slots_run_idx', (db) => deleteRuns(db, [ID])],
  ['deleteExpiredEvents', 'events_pkey', (db) => deleteExpiredEvents(db, { days: 90, limit: 5000 })],
  ['lockUnusedBundles', 'bundles_created_idx', (db) => lockUnusedBundles(db, { days: 90, limit: 10 })],
  ['deleteBundles', 'bundles_pkey', (db) => deleteBundles(db, ['x'])],
  ['endRuns of the run before', 'runs_ended_idx', (db) => endRuns(db, [{ runId: ID, state: 'succeeded' }])],
  ['listFirstFailures', 'run_tasks_pkey', (db) => listFirstFailures(db, [ID])],
  ['claimDeliveries', 'notification_deliveries_due_idx', (db) => claimDeliveries(db, delivery)],
  ['findNextDelivery', 'notification_deliveries_due_idx', (db) => findNextDelivery(db, 'int')],
  ['endDeliveries', 'notification_deliveries_pkey', (db) => endDeliveries(db, { ...delivery, lifeHours: 24 }, [ended])],
  ['listNotifications', 'notifications_pkey', (db) => listNotifications(db, { readable: null, limit: 50 })],
  [
    'listNotifications of the environments of somebody',
    'notifications_pkey',
    (db) => listNotifications(db, { readable: ['int', 'prod'], limit: 50 }),
  ],
  [
    'listNotifications with deliveries',
    'notification_deliveries_sink_key',
    (db) => listNotifications(db, { readable: null, environment: 'int', limit: 50 }),
  ],
  ['returnDeliveries', 'notification_deliveries_session_idx', (db) => returnDeliveries(db, ID)],
  ['pruneNotifications', 'notifications_pkey', (db) => pruneNotifications(db, { days: 90, limit: 10 })],
  ['listInventory', 'attempts_datakit_idx', (db) => listInventory(db, ['kit-1', 'kit-2'], ['int'])],
  ['readLogBytes', 'log_chunks_pkey', (db) => readLogBytes(db, { attemptId: ID, offset: 500, limit: 1000 })],
  ['findAuditHead', 'audit_entries_sequence_key', (db) => findAuditHead(db)],
  ['listUnlinkedEntries', 'audit_entries_unlinked_idx', (db) => listUnlinkedEntries(db, 1000)],
  ['readAudit', 'audit_entries_sequence_key', (db) => readAudit(db, 20_000, 1000)],
  ['listAudit', 'audit_entries_sequence_key', (db) => listAudit(db, { readable: null, limit: 50 })],
  [
    'listAudit of an actor',
    'audit_entries_actor_idx',
    (db) => listAudit(db, { readable: null, actor: 'p7', limit: 200 }),
  ],
  [
    'listAudit of a subject',
    'audit_entries_subject_name_idx',
    (db) => listAudit(db, { readable: null, subject: 'run #9', limit: 50 }),
  ],
  [
    'listAudit of one environment',
    'audit_entries_environment_idx',
    (db) => listAudit(db, { readable: null, environment: 'e7', limit: 50 }),
  ],
  [
    'listAudit of the environments of somebody',
    'audit_entries_environment_idx',
    (db) => listAudit(db, { readable: ['e7', 'e8'], limit: 50 }),
  ],
  ['readEvents', 'events_pkey', (db) => readEvents(db, String(2990n << 20n), 500)],
])('%s uses %s', async (name, index, run) => {
  await expectIndex(index, run, 'values');
  if (FREQUENT.some((one) => name.startsWith(one))) await expectIndex(index, run, 'any');
});

async function expectIndex(index: string, run: (db: Db) => Promise<unknown>, plannedFor: 'values' | 'any') {
  const { indexes, wholeTables } = await explainPlan(getClient(), run, plannedFor);
  expect([...indexes]).toContain(index);
  // Some hundred rows at most: PostgreSQL rightly reads them whole.
  const small = [
    'graph_tasks',
    'agents',
    'agent_credentials',
    'pools',
    'environments',
    'code_locations',
    'pipelines',
    'schedules',
    'datakit_inventories',
    'releases',
  ];
  expect([...wholeTables].filter((table) => !small.includes(table))).toEqual([]);
}
