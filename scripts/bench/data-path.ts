// (a) A million rows from the mock into bronze, beside the same rows through a bare COPY and beside tedious.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureDatakit } from '../../datakits/sqlserver/bench/measure-datakit.ts';
import { startEmbeddedPostgres } from '../../packages/cli/src/embedded-postgres/index.ts';
import { withConnection } from '../../packages/server/src/db/database.ts';
import type { BenchRow } from './rows.ts';

const ROWS = 1_000_000;
const SAMPLES = 3;

/** Measures on a PostgreSQL of its own, with the settings of `towpath dev`. */
export async function measureDataPath(): Promise<readonly BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-bench-'));
  const postgres = await startEmbeddedPostgres({ folder, preferredPort: 0 });
  try {
    await withConnection(postgres.adminUrl, (client) => client.query('create database bench'));
    const url = Object.assign(new URL(postgres.adminUrl), { pathname: '/bench' }).href;
    return await measureDatakit({ url, rowCount: ROWS, samples: SAMPLES });
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
