// What the board is measured over: 250 pipelines in four environments, and a history of runs of them.
import type pg from 'pg';

/** Apart from each other: a million lie within 81 days, inside the 90 that runs are kept. */
const STEP = `interval '7 seconds'`;

/** Four environments with a release each, deployed eight days ago, one of whose four agents drifts; in the last one a promotion that waits. */
const PLACES = `
insert into environments (name, kind, position)
  select 'e' || n, case when n = 4 then 'production' else 'shared' end, n from generate_series(1, 4) n;
insert into agents (environment, name) select 'e' || n, 'first' from generate_series(1, 4) n;
insert into agent_sessions (agent_id, environment, host, boot_id, version, lease_ends_at)
  select id, environment, 'h', 'b', '1', now() + interval '1 hour' from agents where name = 'first';
insert into graphs (hash, body) values ('g', '{"description": "", "tasks": []}');
insert into releases (id, project, version, bill, changelog, created_by, created_from)
  select encode(sha256(('r' || n)::bytea), 'hex'), 'markets', 'v1.0.' || n, jsonb_build_object(
           'schemaVersion', 1, 'project', 'markets', 'gitSha', repeat('0', 40), 'datakits', '[]'::jsonb, 'pools', '{}'::jsonb,
           'configurationHash', repeat('c', 64), 'pipelines',
           (select jsonb_agg(jsonb_build_object('name', 'p' || p, 'sourceFile', 'f.ts', 'graphHash', 'g')) from generate_series(0, 249) p)),
         'x', 'x', 'x'
  from generate_series(1, 2) n;
insert into promotions (environment, release_id, kind, state, plan, requested_by, started_at, ended_at)
  select 'e' || n, encode(sha256('r1'), 'hex'), 'promotion', 'succeeded', '{}', 'x', now() - interval '8 days', now() - interval '8 days'
  from generate_series(1, 4) n;
insert into deployments (environment, release_id, promotion_id, started_at)
  select environment, release_id, id, started_at from promotions;
insert into desired_releases (environment, release_id, promotion_id) select environment, release_id, id from promotions;
insert into session_releases (session_id, release_id)
  select id, encode(sha256('r1'), 'hex') from agent_sessions where environment in ('e1', 'e2', 'e4');
insert into promotions (environment, release_id, kind, state, plan, requested_by, verdicts, not_before)
  select 'e4', encode(sha256('r2'), 'hex'), 'promotion', 'pending', jsonb_build_object('kind', 'promotion', 'gates', '[]'::jsonb, 'steps', '[]'::jsonb,
           'pipelines', jsonb_build_object('added', '[]'::jsonb, 'removed', '[]'::jsonb, 'changed',
             (select jsonb_agg('p' || p) from generate_series(0, 249) p))), 'x', '[]', now() + interval '1 day';
insert into code_locations (environment, name, source_hash) select 'e' || n, 'release', 's' from generate_series(1, 4) n;
insert into pipelines (environment, code_location, name, source_file, graph_hash)
  select 'e' || e, 'release', 'p' || p, 'f.ts', 'g' from generate_series(1, 4) e, generate_series(0, 249) p;`;

const RUNS = `
insert into runs (id, environment, run_number, pipeline, code_location, source_file, graph_hash, unfinished_tasks, trigger, created_by,
                  state, created_at, started_at, finished_at, release_id)
  select uuidv7((n - $1::int) * ${STEP}), 'e' || n % 4 + 1, n, 'p' || n / 4 % 250, 'release', 'f.ts', 'g', 0, 'manual', 'bench',
         case when n % 50 = 0 then 'failed' else 'succeeded' end, t.at, t.at, t.at + interval '5 seconds', encode(sha256('r1'), 'hex')
  from generate_series(1, $1::int) n, lateral (select now() + (n - $1::int) * ${STEP} as at) t`;

/**
 * Fills an empty database with this many ended runs. Indexes are made after the rows and foreign keys are not asked, which is three
 * times as fast; statistics and visibility are what autovacuum leaves.
 */
export async function fillBoard(connection: pg.ClientBase, runs: number): Promise<void> {
  await connection.query(PLACES);
  const { rows } = await connection.query<{ name: string; definition: string }>(
    `select indexrelid::regclass as name, pg_get_indexdef(indexrelid) as definition
     from pg_index i where indrelid = 'runs'::regclass and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  );
  await connection.query(`set maintenance_work_mem = '512MB'; set session_replication_role = replica`);
  for (const { name } of rows) await connection.query(`drop index ${name}`);
  await connection.query(RUNS, [runs]);
  for (const { definition } of rows) await connection.query(definition);
  await connection.query('reset session_replication_role; reset maintenance_work_mem');
  await connection.query('vacuum analyze');
}
