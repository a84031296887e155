// (a) A million rows from the mock into bronze, beside the same rows through a bare COPY and beside tedious; and ten million.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DatakitBench,
  type DatakitPrograms,
  SOURCE_PROGRAMS,
} from '../../datakits/sqlserver/bench/bench-world.ts';
import { measureDatakit, measureLargeTable } from '../../datakits/sqlserver/bench/measure-datakit.ts';
import { startEmbeddedPostgres } from '../../packages/cli/src/embedded-postgres/index.ts';
import { withConnection } from '../../packages/server/src/db/database.ts';
import { bundleDatakit, bundleProgram } from '../pack/bundle.ts';
import type { BenchRow } from './rows.ts';

const ROWS = 1_000_000;
/** Pairs of the floor and the datakit, in turns. */
const SAMPLES = 7;

const LARGE_ROWS = 10_000_000;

/** A table beside its floor, and an increment. */
export function measureDataPath(): Promise<readonly BenchRow[]> {
  return onOwnPostgres((place) => measureDatakit({ ...place, rowCount: ROWS, samples: SAMPLES }));
}

/** That memory does not grow with the table; once, for it takes a quarter of a minute. */
export function measureLargeTables(): Promise<readonly BenchRow[]> {
  return onOwnPostgres((place) => measureLargeTable({ ...place, rowCount: LARGE_ROWS, samples: 1 }));
}

type Place = Pick<DatakitBench, 'url' | 'programs'>;

/** On a PostgreSQL of its own, with the settings of `towpath dev`. */
async function onOwnPostgres(measure: (place: Place) => Promise<readonly BenchRow[]>): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-bench-'));
  const postgres = await startEmbeddedPostgres({ folder, preferredPort: 0 });
  try {
    await withConnection(postgres.adminUrl, (client) => client.query('create database bench'));
    const url = Object.assign(new URL(postgres.adminUrl), { pathname: '/bench' }).href;
    return await measure({ url, programs: await bundlePrograms(join(folder, 'programs')) });
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The datakit as it is shipped; and what it is compared with in the same form, so that loading modules tells nobody apart. */
async function bundlePrograms(folder: string): Promise<DatakitPrograms> {
  await bundleDatakit(join(folder, 'dist'));
  const datakit = join(folder, 'bin', 'datakit-sqlserver');
  cpSync(SOURCE_PROGRAMS.datakit, datakit);
  const bundle = (name: 'floor' | 'tedious'): Promise<string> => bundleProgram(SOURCE_PROGRAMS[name], folder);
  return { datakit, floor: await bundle('floor'), tedious: await bundle('tedious') };
}
