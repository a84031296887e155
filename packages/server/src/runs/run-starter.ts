// Starts that are asked for at once in an environment share transactions: of fifty, one goes at once and the rest by a handful, which
// cost together what three did. What others wait for is no more than one transaction of an environment's own.
import { type Batcher, createBatcher } from '@towpath/core';
import type pg from 'pg';
import type { FoundRun } from './operations/find-run.ts';
import type { RunRequest } from './transactions/plan-run.ts';
import { type StartOutcome, startRuns } from './transactions/start-runs.ts';

/** Starts a run for a person. @throws TowpathError `ENVIRONMENT_UNKNOWN`, `PIPELINE_UNKNOWN`, `PARAMETERS_INVALID` */
export type RunStarter = (request: RunRequest) => Promise<FoundRun>;

/** Parameters of one request may have megabytes. */
const MAX_STARTS = 50;

interface Lane {
  readonly starts: Batcher<RunRequest, ReadonlyMap<RunRequest, StartOutcome>>;
  waiting: number;
}

/** Creates it, one per server; it holds nothing open. */
export function createRunStarter(pool: pg.Pool): RunStarter {
  const lanes = new Map<string, Lane>();
  const createLane = (): Lane => ({
    waiting: 0,
    starts: createBatcher({
      maxItems: MAX_STARTS,
      // What came of each is told one by one.
      isRefusal: () => false,
      send: (requests: readonly RunRequest[]) => startRuns(pool, requests),
    }),
  });
  const add = async (request: RunRequest) => {
    const lane = lanes.get(request.environment) ?? createLane();
    lanes.set(request.environment, lane);
    lane.waiting += 1;
    try {
      return await lane.starts.add(request);
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) lanes.delete(request.environment);
    }
  };
  return async (request) => {
    const outcome = (await add(request)).get(request);
    if (outcome === undefined) throw new Error('A start was answered with no run.');
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
}
