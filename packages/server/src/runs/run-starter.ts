// Starts that are asked for at once share a transaction: of fifty, one goes at once and the rest by a handful of transactions, which
// cost together what three did.
import { createBatcher } from '@towpath/core';
import type pg from 'pg';
import type { FoundRun } from './operations/find-run.ts';
import type { RunRequest } from './transactions/plan-run.ts';
import { startRuns } from './transactions/start-runs.ts';

/** Starts a run for a person. @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID` */
export type RunStarter = (request: RunRequest) => Promise<FoundRun>;

/** Parameters of one request may have megabytes. */
const MAX_STARTS = 50;

/** Creates it, one per server; it holds nothing open. */
export function createRunStarter(pool: pg.Pool): RunStarter {
  const starts = createBatcher({
    maxItems: MAX_STARTS,
    isRefusal: isOwnFault,
    send: (requests: readonly RunRequest[]) => startRuns(pool, requests),
  });
  return async (request) => {
    const outcome = (await starts.add(request)).get(request);
    if (outcome === undefined) throw new Error('A start was answered with no run.');
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
}

/** SQLSTATE classes 22 and 23: data that can't be stored. Nothing was; one of several may be at fault for all. */
function isOwnFault(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && /^2[23]...$/.test(String(thrown.code));
}
