// Statements that come with every attempt or request are planned once a connection: planning takes longer than running them.
import { expect, test } from 'vitest';
import { findIdentityByToken } from '../access/operations/find-identity-by-token.ts';
import { findSession } from '../agents/operations/find-session.ts';
import { claimTasks } from '../attempts/operations/claim-tasks.ts';
import { endAttempts } from '../attempts/operations/end-attempts.ts';
import { listCancelIntents } from '../attempts/operations/list-cancel-intents.ts';
import { listGrants } from '../attempts/operations/list-grants.ts';
import { countOffTasks } from '../runs/operations/count-off-tasks.ts';
import { listDirectlyWaiting } from '../runs/operations/list-waiting-tasks.ts';
import { lockRunsOfAttempts } from '../runs/operations/lock-runs-of-attempts.ts';
import { writeTaskStates } from '../runs/operations/write-task-states.ts';
import { useFilledDatabase } from '../testing/filled-database.ts';
import { type Db, openPool, prepareAll, withFrequentTransaction } from './database.ts';

/** 50 runs of 200 tasks that run or ended: much more than the three that are asked for. */
const FILL = `
insert into environments (name, kind, position) values ('int', 'shared', 1);
insert into agents (environment, name) values ('int', 'a');
insert into agent_sessions (agent_id, environment, host, boot_id, version, lease_ends_at)
  select id, 'int', 'h', 'b', '1', now() + interval '1 day' from agents;
insert into graphs (hash, body) values ('g', '{"description": "", "tasks": []}');
insert into graph_tasks (graph_hash, task_id, position, spec, spec_hash)
  select 'g', 't' || n, n, '{"idempotent": false, "retry": {"limit": 0, "delaySeconds": 0}}', 's' from generate_series(1, 200) n;
insert into runs (environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by, state)
  select 'int', n, 'p', 'main', 'f', 'g', 200, 'manual', 'x', 'running' from generate_series(1, 50) n;
insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on)
  select r.id, g.task_id, g.position, 'int', 'g', case when g.position < 100 then 'running' else 'succeeded' end, 0
  from runs r, graph_tasks g;
insert into attempts (run_id, task_id, number, environment, state, session_id, agent_id, host, spec_hash, finished_at)
  select t.run_id, t.task_id, 1, 'int', t.state, s.id, s.agent_id, 'h', 's', case when t.state = 'succeeded' then now() end
  from run_tasks t, agent_sessions s;
analyze;`;

const getClient = useFilledDatabase(FILL);

const IDS = [1, 2, 3].map((n) => `01890000-0000-7000-8000-00000000000${n}`);
const [ID = ''] = IDS;
const session = { sessionId: ID, agentId: ID };
const claim = { ...session, environment: 'int', host: 'h', slots: 3, protocol: 2, pools: [] };
const ending = { outcome: 'succeeded', exitCode: 0, reasonCode: null, reason: null, result: null } as const;
const change = { taskId: 't1', from: 'waiting', to: 'ready', waitingOn: 0 } as const;

async function readPlansOf(run: (db: Db) => Promise<unknown>): Promise<unknown> {
  const pool = openPool(getClient.getUrl());
  try {
    const again = () =>
      withFrequentTransaction(pool, 'test', async (tx) => {
        await run(tx);
        const { rows } = await tx.query<{ generic: number; custom: number }>(READ_PLANS);
        return rows;
      });
    await again();
    return await again();
  } finally {
    await pool.end();
  }
}

/** Of this connection: how often each statement was planned for all values, and for those it was given. */
const READ_PLANS = `select generic_plans::integer as generic, custom_plans::integer as custom
from pg_prepared_statements where statement not like '%pg_prepared_statements%'`;

test.each<[string, (db: Db) => Promise<unknown>]>([
  ['findSession', (db) => findSession(db, session)],
  ['lockRunsOfAttempts', (db) => lockRunsOfAttempts(db, IDS, ID)],
  [
    'endAttempts',
    (db) =>
      endAttempts(
        db,
        IDS.map((attemptId) => ({ ...ending, attemptId })),
      ),
  ],
  [
    'listDirectlyWaiting',
    (db) =>
      listDirectlyWaiting(
        db,
        IDS.map((runId) => ({ runId, taskId: 't1' })),
      ),
  ],
  [
    'writeTaskStates',
    (db) =>
      writeTaskStates(
        db,
        IDS.map((runId) => ({ ...change, runId })),
      ),
  ],
  ['countOffTasks', (db) => countOffTasks(db, new Map(IDS.map((id) => [id, 1])))],
  ['claimTasks', (db) => claimTasks(db, claim)],
  ['listGrants', (db) => listGrants(db, IDS, 2)],
  ['listCancelIntents', (db) => listCancelIntents(db, ID)],
])('%s', async (_, run) => {
  expect(await readPlansOf(run)).toEqual([{ generic: 2, custom: 0 }]);
});

test('who asks is looked up by a plan that is kept', async () => {
  const client = getClient();
  const db = prepareAll(client);
  // PostgreSQL plans a statement five times for its values before it compares.
  for (let i = 0; i < 10; i += 1) await findIdentityByToken(db, 'x');
  const { rows } = await client.query(READ_PLANS);
  expect(rows).toEqual([{ generic: 5, custom: 5 }]);
});
