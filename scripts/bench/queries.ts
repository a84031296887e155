// (f) What the console asks, over a history of a million runs: the slowest of twenty answers counts.
import { type Client, FindRunByNumber, ListPipelines, ListRuns } from '@towpath/api';
import { withConnection } from '../../packages/server/src/db/database.ts';
import { withControlPlane } from './control-plane.ts';
import { type BenchRow, summarize } from './rows.ts';

const RUNS = 1_000_000;
const CALLS = 40;
const MARK_MS = 100;

/** A million ended runs of 40 pipelines with two tasks each, one in fifty failed, and 20 that are under way. */
const FILL = [
  `insert into graphs (hash, body) select 'g' || n, jsonb_build_object('schemaVersion', 1, 'pipeline', 'p' || n, 'description', '',
     'tasks', '[{"id":"a","kind":"datakit","datakit":{"name":"d","version":"1"},"argv":["x"],"environmentVariables":{},"dependsOn":[],"retry":{"limit":0,"delaySeconds":0},"timeoutSeconds":60,"idempotent":true},
                {"id":"b","kind":"datakit","datakit":{"name":"d","version":"1"},"argv":["x"],"environmentVariables":{},"dependsOn":["a"],"retry":{"limit":0,"delaySeconds":0},"timeoutSeconds":60,"idempotent":true}]'::jsonb)
   from generate_series(0, 39) n`,
  `insert into graph_tasks (graph_hash, task_id, position, spec, spec_hash)
   select g.hash, t.spec->>'id', t.ordinality - 1, t.spec, 's' from graphs g, jsonb_array_elements(g.body->'tasks') with ordinality as t (spec, ordinality)`,
  `insert into code_locations (environment, name, source_hash, loaded_at) values ('bench', 'main', 's', now())`,
  `insert into pipelines (environment, code_location, name, source_file, graph_hash) select 'bench', 'main', 'p' || n, 'f.ts', 'g' || n from generate_series(0, 39) n`,
  `alter table run_tasks disable trigger all`,
  `insert into runs (id, environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by, state, created_at, started_at, finished_at)
   select uuidv7((n - ${RUNS + 20}) * interval '20 seconds'), 'bench', n, 'p' || n % 40, 'main', 'f.ts', 'g' || n % 40,
          case when n > ${RUNS} then 2 else 0 end, case when n % 3 = 0 then 'manual' else 'schedule' end, 'bench',
          case when n > ${RUNS} then 'running' when n % 50 = 0 then 'failed' else 'succeeded' end,
          now() + (n - ${RUNS + 20}) * interval '20 seconds', now() + (n - ${RUNS + 20}) * interval '20 seconds',
          case when n <= ${RUNS} then now() + (n - ${RUNS + 20}) * interval '20 seconds' + interval '9 seconds' end
   from generate_series(1, ${RUNS + 20}) n`,
  `insert into run_tasks (run_id, task_id, position, environment, graph_hash, state, waiting_on)
   select r.id, t.task_id, t.position, 'bench', r.graph_hash,
          case when r.finished_at is null then 'waiting' when r.state = 'failed' and t.position = 1 then 'failed' else 'succeeded' end,
          case when r.finished_at is null then 1 else 0 end
   from runs r join graph_tasks t on t.graph_hash = r.graph_hash`,
  `alter table run_tasks enable trigger all`,
  `update environments set last_run_number = ${RUNS + 20}`,
  'analyze',
];

const QUESTIONS: Readonly<Record<string, (client: Client, call: number) => Promise<unknown>>> = {
  'the newest runs': (client) => client.call(ListRuns, { query: { limit: 50 } }),
  'runs of one pipeline': (client, call) =>
    client.call(ListRuns, { query: { environment: 'bench', pipeline: `p${call % 40}`, limit: 50 } }),
  'failed runs': (client) => client.call(ListRuns, { query: { state: 'failed', limit: 50 } }),
  'failed runs of one pipeline': (client) =>
    client.call(ListRuns, { query: { environment: 'bench', pipeline: 'p10', state: 'failed', limit: 50 } }),
  'runs under way': (client) => client.call(ListRuns, { query: { state: 'running', limit: 50 } }),
  'runs of a pipeline that has none': (client) => client.call(ListRuns, { query: { pipeline: 'unknown', limit: 50 } }),
  'a page of 200 runs': (client) => client.call(ListRuns, { query: { limit: 200 } }),
  'one run by its number': (client, call) =>
    client.call(FindRunByNumber, { params: { environment: 'bench', number: String(call * 20_000 + 1) } }),
  'pipelines with their last runs': (client) => client.call(ListPipelines, { query: {} }),
};

/** Measures the 95th percentile of each question in milliseconds. */
export function measureQueries(): Promise<readonly BenchRow[]> {
  return withControlPlane(0, async ({ databaseUrl, client }) => {
    await withConnection(databaseUrl, async (connection) => {
      for (const statement of FILL) await connection.query(statement);
    });
    const rows: BenchRow[] = [];
    for (const [what, ask] of Object.entries(QUESTIONS)) rows.push(await measureQuestion(client, what, ask));
    return rows;
  });
}

async function measureQuestion(
  client: Client,
  what: string,
  ask: (client: Client, call: number) => Promise<unknown>,
): Promise<BenchRow> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const from = performance.now();
    await ask(client, call);
    times.push(performance.now() - from);
  }
  const id = `query-${what.replaceAll(' ', '-')}`;
  const row = { id, what: `${what}, over ${RUNS / 1e6} M runs, 95th percentile`, unit: 'ms' as const, mark: MARK_MS };
  const sorted = times.sort((a, b) => a - b);
  return { ...summarize(row, times), median: sorted[Math.ceil(0.95 * CALLS) - 1] ?? Number.NaN };
}
