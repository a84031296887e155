import type { RunSummary } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { type FoundRun, findRun, type RunKey } from './operations/find-run.ts';

/**
 * A run that must exist.
 *
 * @throws TowpathError `RUN_UNKNOWN`
 */
export async function getRun(db: Db, key: RunKey): Promise<FoundRun> {
  const run = await findRun(db, key);
  if (run) return run;
  throw new TowpathError({
    code: 'RUN_UNKNOWN',
    message: 'runId' in key ? `There is no run ${key.runId}.` : `${key.environment} has no run #${key.runNumber}.`,
    fix: `Take it from \`${TOWPATH} runs\`.`,
  });
}

/** The part of a run that lists show. */
export function toSummary({ graphHash: _, sourceFile: __, parameters: ___, ...summary }: FoundRun): RunSummary {
  return summary;
}
