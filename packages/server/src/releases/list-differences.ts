import {
  compareGraphs,
  compareReleases,
  DIFFERENCE_KINDS,
  type ReleaseBill,
  type ReleaseDifference,
} from '@towpath/core';
import { findGraphs } from '../code/operations/find-graphs.ts';
import type { Db } from '../db/database.ts';

/** What one release has that the other has not, by kind, then by name; tasks and schedules by the pipeline's order. */
export async function listDifferences(
  db: Db,
  before: ReleaseBill,
  after: ReleaseBill,
): Promise<readonly ReleaseDifference[]> {
  const ofBills = compareReleases(before, after);
  const pipelines = ofBills.filter(({ kind }) => kind === 'pipeline');
  // What differs in a bill's pipelines is the hash of the graph.
  const hashes = pipelines.flatMap(({ before: old, after: now }) => [old, now].filter((hash) => hash !== null));
  const graphs = await findGraphs(db, hashes);
  const ofGraphs = pipelines.flatMap((one) => compareGraphs(graphs.get(one.before ?? ''), graphs.get(one.after ?? '')));
  const byKind = Map.groupBy([...ofBills, ...ofGraphs], ({ kind }) => kind);
  return DIFFERENCE_KINDS.flatMap((kind) => byKind.get(kind) ?? []);
}
