// How many rows runs quarantined, as their tasks told it in result documents (`rowsQuarantined`).
import type { PipelineQuarantine } from '@towpath/core';
import type { Db } from '../db/database.ts';
import type { CycleKey } from './operations/list-cycles.ts';
import { listToldRows, type ToldRows } from './operations/list-told-rows.ts';

/** The counts of the last runs of each pipeline of a release that told any, newest run first. */
export async function readQuarantine(db: Db, key: CycleKey, runs: number): Promise<PipelineQuarantine[]> {
  const byPipeline = Map.groupBy(await listToldRows(db, key, runs), ({ pipeline }) => pipeline);
  return [...byPipeline].map(([pipeline, told]) => ({
    pipeline,
    since: sumRuns(told.filter(({ isSince }) => isSince)),
    before: sumRuns(told.filter(({ isSince }) => !isSince)),
  }));
}

function sumRuns(told: readonly ToldRows[]): readonly number[] {
  const byRun = Map.groupBy(told, ({ runId }) => runId);
  return [...byRun.values()].flatMap((ofRun) => {
    const counts = ofRun.map(({ result }) => parseCount(result)).filter((count) => count !== undefined);
    return counts.length > 0 ? [counts.reduce((total, count) => total + count, 0)] : [];
  });
}

/** Undefined: the document does not tell; a number that is no count of rows tells nothing. */
function parseCount(result: string): number | undefined {
  const document: unknown = JSON.parse(result);
  if (typeof document !== 'object' || document === null || !('rowsQuarantined' in document)) return undefined;
  const { rowsQuarantined: count } = document;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}
