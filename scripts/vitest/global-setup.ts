// Starts the test run's PostgreSQL for vitest and takes it down after the last test.

import { startTestRun } from '@towpath/testkit';
import { startEmbeddedPostgres } from '../../packages/cli/src/embedded-postgres/index.ts';

/** A test database need not survive a power cut: fsync costs more time than the tests. */
const SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** vitest calls this once, before the first test file, and the returned function after the last one. */
export default async function setup(): Promise<() => Promise<void>> {
  const run = await startTestRun((folder) => startEmbeddedPostgres({ folder, preferredPort: 0, settings: SETTINGS }));
  const previous = new Map(Object.keys(run.environment).map((name) => [name, process.env[name]]));
  Object.assign(process.env, run.environment);
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
