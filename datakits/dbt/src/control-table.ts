// `control.dbt_runs`: one row for each model of each invocation, in the warehouse. A task that can't write it fails. pg 8.23.
import { TowpathError } from '@towpath/core';
import { Client, escapeIdentifier } from 'pg';
import type { Invocation } from './run-results.ts';
import type { ControlSettings } from './settings.ts';

/** Long enough for a slow link, short enough that a wrong address shows at once. */
const CONNECT_TIMEOUT_MS = 15_000;

/** Any constant: tasks that begin at once follow each other here, since `if not exists` alone lets two create the same. */
const CREATION_LOCK = 0x64_62_74;

const COLUMNS = `
  run_id text,
  run_timestamp timestamptz not null,
  invocation_id text not null,
  model_name text not null,
  status text not null,
  rows_affected bigint,
  execution_time_seconds double precision not null,
  bytes_processed bigint,
  error_message text`;

/** Creates schema and table where they are not there. Idempotent. @throws TowpathError `CONTROL_UNREACHABLE`, `CONTROL_WRITE_FAILED` */
export function createControlTable(settings: ControlSettings): Promise<void> {
  const schema = escapeIdentifier(settings.schema);
  return withControl(settings, async (client) => {
    const { rows } = await client.query('select to_regclass($1) is not null as is_there', [`${schema}.dbt_runs`]);
    if (rows[0]?.is_there) return;
    await client.query('select pg_advisory_xact_lock($1)', [CREATION_LOCK]);
    await client.query(`create schema if not exists ${schema}`);
    await client.query(`create table if not exists ${schema}.dbt_runs (${COLUMNS})`);
  });
}

/**
 * Adds the rows of an invocation, all or none. `secret` is written by nobody. `run_id` is null outside of a run.
 *
 * @throws TowpathError `CONTROL_UNREACHABLE`, `CONTROL_WRITE_FAILED`
 */
export function writeControlRows(
  settings: ControlSettings,
  runId: string | undefined,
  { id, at, models }: Invocation,
): Promise<void> {
  const mask = (text: string | null) => (settings.password ? text?.replaceAll(settings.password, '***') : text);
  const rows = models.map(({ name, status, rowCount, seconds, byteCount, error }) => ({
    ...{ run_id: runId, run_timestamp: at, invocation_id: id, model_name: name, status, rows_affected: rowCount },
    // PostgreSQL keeps no NUL.
    ...{
      execution_time_seconds: seconds,
      bytes_processed: byteCount,
      error_message: mask(error)?.replaceAll('\0', ''),
    },
  }));
  const table = `${escapeIdentifier(settings.schema)}.dbt_runs`;
  return withControl(settings, async (client) => {
    await client.query(
      `insert into ${table} (run_id, run_timestamp, invocation_id, model_name, status, rows_affected, execution_time_seconds,
         bytes_processed, error_message)
       select run_id, run_timestamp, invocation_id, model_name, status, rows_affected, execution_time_seconds, bytes_processed,
         error_message
       from json_to_recordset($1) as r (${COLUMNS.replaceAll(' not null', '')})`,
      [JSON.stringify(rows)],
    );
  });
}

async function withControl(settings: ControlSettings, work: (client: Client) => Promise<void>): Promise<void> {
  const { schema, ...where } = settings;
  const client = new Client({
    ...{ ...where, application_name: 'datakit-dbt', connectionTimeoutMillis: CONNECT_TIMEOUT_MS },
  });
  client.on('error', () => undefined);
  try {
    await client.connect().catch((error: unknown) => {
      throw unreachable(settings, error);
    });
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (thrown) {
    throw thrown instanceof TowpathError ? thrown : writeFailed(schema, thrown);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function unreachable({ host, port, database, user }: ControlSettings, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'CONTROL_UNREACHABLE',
      message: `The control table in ${database} at ${host}:${port} can't be reached as ${user}.`,
      cause: thrown instanceof Error ? thrown.message : undefined,
      fix: 'Check the variables WAREHOUSE_HOST, WAREHOUSE_PORT, WAREHOUSE_DATABASE, WAREHOUSE_USER and WAREHOUSE_PASSWORD.',
    },
    { cause: thrown },
  );
}

function writeFailed(schema: string, thrown: unknown): TowpathError {
  return new TowpathError(
    {
      code: 'CONTROL_WRITE_FAILED',
      message: `${schema}.dbt_runs can't be written; what dbt did is not kept there.`,
      cause: thrown instanceof Error ? thrown.message : undefined,
      fix: 'Let the role write the table, or create its schema. If the table is there, it needs the columns of this datakit.',
    },
    { cause: thrown },
  );
}
