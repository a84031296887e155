// (f) The board over 1,000 cells, 250 pipelines in four environments, with a history of a million runs.
import { GetBoard } from '@towpath/api';
import { withConnection } from '../../packages/server/src/db/database.ts';
import { withControlPlane } from './control-plane.ts';
import { type BenchRow, summarize } from './rows.ts';

const RUNS = 1_000_000;
const CALLS = 40;
const MARK_MS = 100;

/** Four environments with a release each, a promotion that waits in the last, and runs of every pipeline in each. */
const fill = (runs: number): readonly string[] => [
  `insert into environments (name, kind, position)
   select 'e' || n, case when n = 4 then 'production' else 'shared' end, n from generate_series(1, 4) n`,
  `insert into agents (environment, name) select 'e' || n, 'first' from generate_series(1, 4) n`,
  `insert into agent_sessions (agent_id, environment, host, boot_id, version, lease_ends_at)
   select id, environment, 'h', 'b', '1', now() + interval '1 hour' from agents where name = 'first'`,
  `insert into graphs (hash, body) values ('g', '{"description": "", "tasks": []}')`,
  `insert into releases (id, project, version, bill, changelog, created_by, created_from)
   select encode(sha256(('r' || n)::bytea), 'hex'), 'markets', 'v1.0.' || n, '{"pipelines": []}', 'x', 'x', 'x' from generate_series(1, 2) n`,
  `insert into promotions (environment, release_id, kind, state, plan, requested_by, started_at, ended_at)
   select 'e' || n, encode(sha256('r1'), 'hex'), 'promotion', 'succeeded', '{}', 'x', now(), now() from generate_series(1, 4) n`,
  `insert into deployments (environment, release_id, promotion_id) select environment, release_id, id from promotions`,
  `insert into desired_releases (environment, release_id, promotion_id) select environment, release_id, id from promotions`,
  `insert into promotions (environment, release_id, kind, state, plan, requested_by, verdicts)
   values ('e4', encode(sha256('r2'), 'hex'), 'promotion', 'pending',
           '{"kind":"promotion","gates":[],"steps":[],"pipelines":{"added":[],"changed":[],"removed":[]}}', 'x', '[]')`,
  `insert into code_locations (environment, name, source_hash) select 'e' || n, 'release', 's' from generate_series(1, 4) n`,
  `insert into pipelines (environment, code_location, name, source_file, graph_hash)
   select 'e' || e, 'release', 'p' || p, 'f.ts', 'g' from generate_series(1, 4) e, generate_series(0, 249) p`,
  `insert into runs (id, environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by,
                     state, created_at, started_at, finished_at, release_id)
   select uuidv7((n - ${runs}) * interval '20 seconds'), 'e' || n % 4 + 1, n, 'p' || n / 4 % 250, 'release', 'f.ts', 'g', 0, 'schedule', 'bench',
          case when n % 50 = 0 then 'failed' else 'succeeded' end, now() + (n - ${runs}) * interval '20 seconds',
          now() + (n - ${runs}) * interval '20 seconds', now() + (n - ${runs}) * interval '20 seconds', encode(sha256('r1'), 'hex')
   from generate_series(1, ${runs}) n`,
  'analyze',
];

/** Measures the 95th percentile of the board in milliseconds, as a client has it: asked, sent and parsed. */
export function measureBoard(runs: number = RUNS): Promise<readonly BenchRow[]> {
  return withControlPlane(0, async ({ databaseUrl, client }) => {
    await withConnection(databaseUrl, async (connection) => {
      for (const statement of fill(runs)) await connection.query(statement);
    });
    const times: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      const from = performance.now();
      const { pipelines } = await client.call(GetBoard);
      times.push(performance.now() - from);
      if (pipelines.length < 1000) throw new Error(`the board has ${pipelines.length} cells`);
    }
    const what = `the board of 1,000 cells, over ${runs / 1e6} M runs, 95th percentile`;
    const row = { id: 'board', what, unit: 'ms' as const, mark: MARK_MS };
    const sorted = times.toSorted((a, b) => a - b);
    return [{ ...summarize(row, times), median: sorted[Math.ceil(0.95 * CALLS) - 1] ?? Number.NaN }];
  });
}
