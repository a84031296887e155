// The result document of an attempt: JSON of at most 4,096 bytes in the file that TOWPATH_RESULT names.
import { writeFile } from 'node:fs/promises';
import { hasSucceeded, type Invocation } from './run-results.ts';
import type { Environment } from './settings.ts';

/** So many failures are named, so that the document stays within its limit: names have at most 63 bytes in PostgreSQL. */
const MAX_NAMED = 20;

/** Writes what is known, when somebody asks for it. */
export async function writeResult(
  { TOWPATH_RESULT: path }: Environment,
  invocations: readonly Invocation[],
): Promise<void> {
  if (path) await writeFile(path, `${JSON.stringify(toResult(invocations))}\n`);
}

function toResult(invocations: readonly Invocation[]): object {
  const models = invocations.flatMap((one) => one.models);
  const failed = models.filter((model) => !hasSucceeded(model) && model.status !== 'skipped');
  return {
    invocations: invocations.map(({ id }) => id),
    models: models.length,
    failed: failed.length,
    skipped: models.filter(({ status }) => status === 'skipped').length,
    failedTests: invocations.flatMap(({ failedTests }) => failedTests).length,
    failures: failed.slice(0, MAX_NAMED).map(({ name }) => name.slice(0, 100)),
    rowsLoaded: models.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0),
  };
}
