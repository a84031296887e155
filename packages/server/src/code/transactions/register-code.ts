// A code location changes as a whole or not at all.
import type pg from 'pg';
import { namedSubject } from '../../audit/audit-subjects.ts';
import { limitDetail } from '../../audit/limit-detail.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import { declarePools } from '../../pools/operations/declare-pools.ts';
import { listPools } from '../../pools/operations/list-pools.ts';
import { syncSchedules } from '../../schedules/transactions/sync-schedules.ts';
import { bundleUnknown } from '../bundle-unknown.ts';
import { checkRegistration, type RegisteredPipeline } from '../check-registration.ts';
import { hashCanonicalJson } from '../graph-hash.ts';
import { bundleExists } from '../operations/bundle-exists.ts';
import { insertGraphTasks } from '../operations/insert-graph-tasks.ts';
import { insertGraphs } from '../operations/insert-graphs.ts';
import { type FailedCodeLocation, recordCodeError } from '../operations/record-code-error.ts';
import { removeOtherPipelines } from '../operations/remove-other-pipelines.ts';
import { type LoadedCodeLocation, upsertCodeLocation } from '../operations/upsert-code-location.ts';
import { upsertPipelines } from '../operations/upsert-pipelines.ts';

/** What a good load holds. */
export interface CodeRegistration extends LoadedCodeLocation {
  readonly pipelines: readonly RegisteredPipeline[];
  /** Pools the project declares, with their slots. */
  readonly pools?: Readonly<Record<string, number>> | undefined;
  /** The agent that says so. */
  readonly registeredBy: string;
}

/**
 * Replaces the pipelines of a location. Locks: code location, schedules (see tickSchedule), its pipelines, then pools in name order. Repeating it changes
 * nothing.
 *
 * @throws TowpathError `GRAPH_INVALID`, `BUNDLE_UNKNOWN`
 */
export function registerCode(
  pool: pg.Pool,
  registration: CodeRegistration,
): Promise<{ registered: number; removed: number }> {
  const { environment, name: codeLocation, pipelines } = registration;
  const hashed = pipelines.map((pipeline) => ({ ...pipeline, hash: hashCanonicalJson(pipeline.graph) }));
  return withTransaction(pool, 'register-code', async (tx) => {
    await checkBundle(tx, registration);
    const hasOtherCode = await upsertCodeLocation(tx, registration);
    const { pools = {} } = registration;
    // What was set by hand and cleared again has a row, and nobody who gives it slots.
    const known = (await listPools(tx, { environment })).filter((one) => (one.setSlots ?? one.declaredSlots) !== null);
    checkRegistration(pipelines, new Set([...known.map(({ name }) => name), ...Object.keys(pools)]));
    const inserted = await insertGraphs(tx, hashed);
    await insertGraphTasks(
      tx,
      hashed.filter(({ hash }) => inserted.has(hash)),
    );
    const set = {
      environment,
      codeLocation,
      pipelines: hashed.map(({ graph, sourceFile, hash }) => ({ name: graph.pipeline, sourceFile, graphHash: hash })),
    };
    const outbox = createOutbox();
    await syncSchedules(tx, { environment, codeLocation, graphs: pipelines.map(({ graph }) => graph) }, outbox);
    const changed = await upsertPipelines(tx, set);
    const removed = await removeOtherPipelines(tx, set);
    if (hasOtherCode || changed.length + removed > 0) await auditRegistration(tx, registration, { changed, removed });
    // Last: a finish holds its runs while it waits for a pool, and a tick above may wait for a run.
    await declarePools(tx, { environment, declaredBy: codeLocation, slots: pools });
    // A larger pool lets waiting tasks start.
    if (Object.keys(pools).length > 0) outbox.topics.add(`tasks:${environment}`);
    outbox.events.push({ kind: 'code.registered', environment });
    await publish(tx, outbox);
    return { registered: pipelines.length, removed };
  });
}

// An agent that only came back registers what is known; that decides nothing.
async function auditRegistration(
  tx: Transaction,
  { environment, name, sourceHash, bundleHash, pools, registeredBy }: CodeRegistration,
  { changed, removed }: { readonly changed: readonly string[]; readonly removed: number },
): Promise<void> {
  await writeAudit(tx, {
    actor: { kind: 'agent', name: registeredBy },
    action: 'code.registered',
    subject: namedSubject('code location', environment, name),
    environment,
    details: { sourceHash, bundleHash, changed: limitDetail(changed), removed, pools: pools && limitDetail(pools) },
  });
}

// A run of a function whose code nobody has could never start.
async function checkBundle(tx: Transaction, { bundleHash, pipelines }: CodeRegistration): Promise<void> {
  const hasFunctions = pipelines.some(({ graph }) => graph.tasks.some(({ kind }) => kind === 'function'));
  if (bundleHash === undefined ? !hasFunctions : await bundleExists(tx, bundleHash)) return;
  throw bundleUnknown(bundleHash);
}

/** Keeps the error of a load beside the last good pipelines. */
export function registerCodeError(pool: pg.Pool, location: FailedCodeLocation): Promise<void> {
  return withTransaction(pool, 'register-error', async (tx) => {
    await recordCodeError(tx, location);
    const { environment } = location;
    await publish(tx, { ...createOutbox(), events: [{ kind: 'code.registered', environment }] });
  });
}
