// Renews packages/server/src/db/schema.sql from a database that has just been migrated, on a PostgreSQL of its own.
import { spawnSync } from 'node:child_process';
import { startTestRun } from '@towpath/testkit';
import { startEmbeddedPostgres } from '../packages/cli/src/embedded-postgres/index.ts';

const run = await startTestRun((folder) => startEmbeddedPostgres({ folder, preferredPort: 0 }));
try {
  const env = { ...process.env, ...run.environment };
  const { status } = spawnSync(process.execPath, ['packages/server/src/db/write-schema.ts'], { env, stdio: 'inherit' });
  process.exitCode = status ?? 1;
} finally {
  await run.end();
}
