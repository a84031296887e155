// Few pipelines with long histories beside one that ran once, long ago: its last run is found by its index, not by walking through
// the runs of all others. With many pipelines PostgreSQL expects that walk to be long; with few it takes it for the shorter way.
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { listAbsentRuns } from '../alerts/operations/list-absent-runs.ts';
import { listLastEnds } from '../metrics/operations/list-last-ends.ts';
import { listBoard } from '../promotions/operations/list-board.ts';
import { listBoardPipelines } from '../promotions/operations/list-board-pipelines.ts';
import { endRuns } from '../runs/operations/end-runs.ts';
import { listLastRuns } from '../runs/operations/list-last-runs.ts';
import { explainPlan } from '../testing/explain-plan.ts';
import { useFilledDatabase } from '../testing/filled-database.ts';
import type { Db } from './database.ts';

/** The quiet environment and the rare pipelines have one run, before 60,000 others; all since their environments were deployed. */
const FILL = `
insert into environments (name, kind, position, project, declaration, declared_at, declared_by)
  select name, 'shared', 1, 'markets', '{"alerts": {"noRunHours": 24}}', now(), 'x' from unnest(array['busy', 'quiet']) name;
insert into graphs (hash, body) values ('g', '{}');
insert into releases (id, project, version, bill, changelog, created_by, created_from) values (repeat('a', 64), 'p', 'v1.0.0', '{}', 'x', 'x', 'x');
insert into promotions (environment, release_id, kind, state, plan, requested_by, started_at, ended_at)
  select name, repeat('a', 64), 'promotion', 'succeeded', '{}', 'x', now(), now() from environments;
insert into deployments (environment, release_id, promotion_id, started_at)
  select environment, release_id, id, now() - interval '90 days' from promotions;
insert into code_locations (environment, name, source_hash) select name, 'release', 'x' from environments;
insert into pipelines (environment, code_location, name, source_file, graph_hash)
  select name, 'release', p, 'f', 'g' from environments, unnest(array['often', 'rare']) p;
insert into schedules (environment, code_location, pipeline, name, definition, next_slot_at)
  select environment, code_location, name, 's', '{}', now() from pipelines;
insert into runs (id, environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by,
                  state, created_at, finished_at, release_id)
  select uuidv7((n - 60000) * interval '1 minute'), case when n = 1 then 'quiet' else 'busy' end, n,
         case when n < 3 then 'rare' else 'often' end, 'release', 'f', 'g', 0, 'manual', 'x', 'succeeded', now(), now(), repeat('a', 64)
  from generate_series(1, 60000) n;
analyze;`;

const getClient = useFilledDatabase(FILL);

const RARE = [{ environment: 'busy', pipeline: 'rare' }];

test.each<[string, string, (db: Db) => Promise<unknown>]>([
  ['listBoard', 'runs_number_key', listBoard],
  ['listBoardPipelines', 'runs_pipeline_idx', listBoardPipelines],
  ['listLastRuns', 'runs_pipeline_idx', (db) => listLastRuns(db, RARE, 10)],
  ['listLastEnds', 'runs_pipeline_idx', listLastEnds],
  ['listAbsentRuns', 'runs_pipeline_idx', listAbsentRuns],
  ['endRuns', 'runs_ended_idx', (db) => endRuns(db, [{ runId: randomUUID(), state: 'succeeded' }])],
])('%s reads what seldom runs by %s', async (_, index, run) => {
  const { indexes, wholeTables } = await explainPlan(getClient(), run);
  expect([...indexes]).toContain(index);
  expect([...wholeTables]).not.toContain('runs');
});
