// Starts the test run's PostgreSQL for vitest and takes it down after the last test.

import { startTestRun } from '@towpath/testkit';
import { startEmbeddedPostgres } from '../../packages/cli/src/embedded-postgres/index.ts';

/** A test database need not survive a power cut: fsync costs more time than the tests. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** Names the process whose run there is. */
const OWNER = 'TOWPATH_TEST_RUN_OWNER';

/**
 * vitest calls this for each of its projects, before the first test file, and what they returned in reverse after the last one: so
 * the first project starts the run for all, and ends it.
 */
export default async function setup(): Promise<() => Promise<void>> {
  if (process.env[OWNER] === String(process.pid)) return async () => undefined;
  const run = await startTestRun((folder) => startEmbeddedPostgres({ folder, preferredPort: 0, settings: SETTINGS }));
  const environment = { ...run.environment, [OWNER]: String(process.pid) };
  const previous = new Map(Object.keys(environment).map((name) => [name, process.env[name]]));
  Object.assign(process.env, environment);
  // vitest answers Ctrl-C with process.exit(), without the function below.
  const abandon = (): void => run.abandon();
  process.once('exit', abandon);
  return async () => {
    for (const [name, value] of previous) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await run.end().finally(() => process.off('exit', abandon));
  };
}
