// A code location changes as a whole or not at all, whether an agent registers it or a release takes effect.
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { declarePools } from '../pools/operations/declare-pools.ts';
import { listPools } from '../pools/operations/list-pools.ts';
import { syncSchedules } from '../schedules/transactions/sync-schedules.ts';
import { bundleUnknown } from './bundle-unknown.ts';
import { checkRegistration, type RegisteredPipeline } from './check-registration.ts';
import { hashCanonicalJson } from './graph-hash.ts';
import { bundleExists } from './operations/bundle-exists.ts';
import { insertGraphTasks } from './operations/insert-graph-tasks.ts';
import { insertGraphs } from './operations/insert-graphs.ts';
import { removeOtherPipelines } from './operations/remove-other-pipelines.ts';
import { type LoadedCodeLocation, upsertCodeLocation } from './operations/upsert-code-location.ts';
import { upsertPipelines } from './operations/upsert-pipelines.ts';

/** All of a code location. */
export interface LocationCode extends LoadedCodeLocation {
  readonly pipelines: readonly RegisteredPipeline[];
  /** Pools the project declares, with their slots. */
  readonly pools?: Readonly<Record<string, number>> | undefined;
}

/** What became another one. */
export interface CodeChange {
  readonly hasOtherCode: boolean;
  /** Names of pipelines that are new or have another graph. */
  readonly changed: readonly string[];
  readonly removed: number;
}

/**
 * Replaces the pipelines of a location. Locks: code location, schedules (see tickSchedule), its pipelines, then pools in name
 * order. Repeating it changes nothing; the caller publishes.
 *
 * @throws TowpathError `GRAPH_INVALID`, `BUNDLE_UNKNOWN`
 */
export async function replaceCode(tx: Transaction, location: LocationCode, outbox: Outbox): Promise<CodeChange> {
  const { environment, name: codeLocation, pipelines, pools = {} } = location;
  await checkBundle(tx, location);
  const hasOtherCode = await upsertCodeLocation(tx, location);
  // What was set by hand and cleared again has a row, and nobody who gives it slots.
  const known = (await listPools(tx, { environment })).filter((one) => (one.setSlots ?? one.declaredSlots) !== null);
  checkRegistration(pipelines, new Set([...known.map(({ name }) => name), ...Object.keys(pools)]));
  const set = { environment, codeLocation, pipelines: await storeGraphs(tx, pipelines) };
  await syncSchedules(tx, { environment, codeLocation, graphs: pipelines.map(({ graph }) => graph) }, outbox);
  const changed = await upsertPipelines(tx, set);
  const removed = await removeOtherPipelines(tx, set);
  // Last: a finish holds its runs while it waits for a pool, and a tick above may wait for a run.
  await declarePools(tx, { environment, declaredBy: codeLocation, slots: pools });
  // A larger pool lets waiting tasks start.
  if (Object.keys(pools).length > 0) outbox.topics.add(`tasks:${environment}`);
  outbox.events.push({ kind: 'code.registered', environment });
  return { hasOtherCode, changed, removed };
}

async function storeGraphs(tx: Transaction, pipelines: readonly RegisteredPipeline[]) {
  const hashed = pipelines.map((pipeline) => ({ ...pipeline, hash: hashCanonicalJson(pipeline.graph) }));
  const inserted = await insertGraphs(tx, hashed);
  await insertGraphTasks(
    tx,
    hashed.filter(({ hash }) => inserted.has(hash)),
  );
  return hashed.map(({ graph, sourceFile, hash }) => ({ name: graph.pipeline, sourceFile, graphHash: hash }));
}

/**
 * Makes sure that there is code for the functions of these pipelines: a run of one whose code nobody has could never start.
 *
 * @throws TowpathError `BUNDLE_UNKNOWN`
 */
export async function checkBundle(
  tx: Transaction,
  { bundleHash, pipelines }: Pick<LocationCode, 'bundleHash' | 'pipelines'>,
): Promise<void> {
  const hasFunctions = pipelines.some(({ graph }) => graph.tasks.some(({ kind }) => kind === 'function'));
  if (bundleHash === undefined ? !hasFunctions : await bundleExists(tx, bundleHash)) return;
  throw bundleUnknown(bundleHash);
}
