// A code location changes as a whole or not at all.
import type pg from 'pg';
import { withTransaction } from '../../db/database.ts';
import { createOutbox, publish } from '../../events/transactions/publish.ts';
import type { RegisteredPipeline } from '../check-registration.ts';
import { hashCanonicalJson } from '../graph-hash.ts';
import { insertGraphTasks } from '../operations/insert-graph-tasks.ts';
import { insertGraphs } from '../operations/insert-graphs.ts';
import { type FailedCodeLocation, recordCodeError } from '../operations/record-code-error.ts';
import { removeOtherPipelines } from '../operations/remove-other-pipelines.ts';
import { type LoadedCodeLocation, upsertCodeLocation } from '../operations/upsert-code-location.ts';
import { upsertPipelines } from '../operations/upsert-pipelines.ts';

/** What a good load holds; the graphs were checked. */
export interface CodeRegistration extends LoadedCodeLocation {
  readonly pipelines: readonly RegisteredPipeline[];
}

/** Replaces the pipelines of a location. Locks: code location, then its pipelines. Repeating it changes nothing. */
export function registerCode(
  pool: pg.Pool,
  registration: CodeRegistration,
): Promise<{ registered: number; removed: number }> {
  const { environment, name: codeLocation, pipelines } = registration;
  const hashed = pipelines.map((pipeline) => ({ ...pipeline, hash: hashCanonicalJson(pipeline.graph) }));
  return withTransaction(pool, async (tx) => {
    await upsertCodeLocation(tx, registration);
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
    await upsertPipelines(tx, set);
    const removed = await removeOtherPipelines(tx, set);
    await publish(tx, { ...createOutbox(), events: [{ kind: 'code.registered', environment }] });
    return { registered: pipelines.length, removed };
  });
}

/** Keeps the error of a load beside the last good pipelines. */
export function registerCodeError(pool: pg.Pool, location: FailedCodeLocation): Promise<void> {
  return withTransaction(pool, async (tx) => {
    await recordCodeError(tx, location);
    const { environment } = location;
    await publish(tx, { ...createOutbox(), events: [{ kind: 'code.registered', environment }] });
  });
}
