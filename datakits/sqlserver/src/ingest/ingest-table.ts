// One source table into bronze: lock, audit row, checks, load, publish. Nothing is visible before the last step, and
// whatever fails on the way ends in an audit row that says so.
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import type { TdsConnection } from '@towpath/tds';
import type { Client } from 'pg';
import { connectBronze, translateBronzeError } from '../bronze/connect-bronze.ts';
import { ensureControlTables } from '../bronze/control-tables.ts';
import { failIngestion } from '../bronze/fail-ingestion.ts';
import { type FinishedBatch, findFinishedBatch } from '../bronze/find-finished-batch.ts';
import type { Ingestion, IngestionRequest, LoadCounts } from '../bronze/ingestion.ts';
import { translateKeyError } from '../bronze/key-index.ts';
import { lockTarget } from '../bronze/lock-target.ts';
import type { Merge } from '../bronze/merge-stage.ts';
import { publishStage } from '../bronze/publish-stage.ts';
import { refreshStatistics } from '../bronze/refresh-statistics.ts';
import { type KeptFix, readKeptFixes } from '../bronze/settle-quarantine.ts';
import { quoteStage } from '../bronze/stage.ts';
import { startIngestion } from '../bronze/start-ingestion.ts';
import type { TargetTable } from '../bronze/target-table.ts';
import type { AttemptIdentity } from '../settings/attempt-identity.ts';
import type { Settings } from '../settings/read-settings.ts';
import type { TableOptions } from '../settings/table-settings.ts';
import { chooseIsolation, connectSource, formatConnectionString, nameSourceSystem } from '../source/connect-source.ts';
import { estimateRows } from '../source/key-columns.ts';
import { resolveTable } from '../source/resolve-table.ts';
import type { SourceTable } from '../source/source-table.ts';
import { translateSourceError } from '../source/translate-source-error.ts';
import { KeptFixes } from './kept-fixes.ts';
import { MEMORY_CELL_BYTES } from './large-rows.ts';
import { loadKeys, loadStage } from './load-stage.ts';
import { type LoadPlan, planLoad } from './plan-load.ts';
import { openQuarantine } from './quarantine.ts';

/** Who wants to know how far a load is; calls must be cheap. */
export interface LoadObserver {
  /** Once, before rows are read. `estimatedRows` is undefined where the source does not say, and for increments. */
  planned(facts: { readonly estimatedRows: number | undefined; readonly schemaChanges: readonly string[] }): void;
  /** After each packet of the source. */
  progressed(rows: number, bytes: number): void;
}

/** What one ingestion needs to know. */
export interface IngestTableRequest {
  readonly settings: Settings;
  readonly source: SourceTable;
  readonly target: TargetTable;
  readonly identity: AttemptIdentity;
  readonly options: TableOptions;
  /** Read everything, whatever the cursor says. */
  readonly isFullRefresh: boolean;
  /** Longest wait for another ingestion of the target, and for readers that keep the published table busy. */
  readonly lockTimeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly observer: LoadObserver;
}

/** What came of it. */
export interface IngestTableResult extends FinishedBatch {
  /** `bronze.dbo_products` */
  readonly target: string;
  readonly batchId: string;
  /** True when an earlier attempt had published this batch and nothing was done now. */
  readonly isRepeat: boolean;
}

/**
 * Ingests a table. Repeating a batch does nothing and gives the same result. Errors: those of the source (`TDS_…`,
 * `SOURCE_…`), of columns and cursor (`TYPE_…`, `VALUE_…`, `…_CLASH`, `CURSOR_…`), of the target (`TARGET_…`,
 * `INGEST_…`, `PUBLISH_…`, `INCREMENTAL_…`, `BRONZE_…`), or the signal's reason.
 */
export async function ingestTable(request: IngestTableRequest): Promise<IngestTableResult> {
  const { settings, target } = request;
  const control = await connectBronze(settings.bronze);
  try {
    await ensureControlTables(control, target.schema);
    await lockTarget(control, target, request.lockTimeoutSeconds);
    request.signal.throwIfAborted();
    const finished = await findFinishedBatch(control, target, request.identity.batchId);
    if (finished) return toResult(request, finished, true);
    return await ingestLocked(control, request);
  } catch (error) {
    throw translateBronzeError(error, settings.bronze);
  } finally {
    await control.end().catch(() => undefined);
  }
}

async function ingestLocked(control: Client, request: IngestTableRequest): Promise<IngestTableResult> {
  const asked: IngestionRequest = {
    sourceSystem: nameSourceSystem(request.settings.source),
    source: request.source,
    target: request.target,
    kind: request.options.mode,
    ...request.identity,
  };
  const ingestion = await startIngestion(control, asked);
  try {
    return toResult(request, await loadAndPublish(control, ingestion, request), false);
  } catch (error) {
    const failure = request.signal.aborted
      ? request.signal.reason
      : translateBronzeError(error, request.settings.bronze);
    const recorded = await recordFailure(ingestion, request, failure);
    if (recorded) return toResult(request, recorded, false);
    throw failure;
  }
}

async function loadAndPublish(
  control: Client,
  started: Ingestion,
  request: IngestTableRequest,
): Promise<FinishedBatch> {
  const maxCellBytes = Math.min(request.options.maxCellBytes, MEMORY_CELL_BYTES);
  const source = await connectSource({ ...request.settings.source, maxCellBytes, oversizedCells: 'omit' });
  const cancel = (): void => source.cancel();
  request.signal.addEventListener('abort', cancel);
  try {
    const sourceIsolation = await chooseIsolation(source);
    const ingestion = { ...started, ...(await resolveTable(source, started)) };
    const plan = await planLoad({ control, source }, ingestion, request);
    await announce(source, plan, request);
    request.signal.throwIfAborted();
    const loaded = await loadFrom({ control, source }, ingestion, { request, plan });
    const changes = await publish(control, ingestion, { ...loaded, sourceIsolation, plan, request });
    return { ...loaded.counts, sourceIsolation, changes };
  } finally {
    request.signal.removeEventListener('abort', cancel);
    await source.close();
  }
}

async function announce(source: TdsConnection, plan: LoadPlan, request: IngestTableRequest): Promise<void> {
  const estimatedRows = plan.isMerge ? undefined : await estimateRows(source, request.source);
  request.observer.planned({ estimatedRows, schemaChanges: plan.schema.changes });
}

interface Load {
  readonly request: IngestTableRequest;
  readonly plan: LoadPlan;
}

interface Loaded {
  readonly counts: LoadCounts;
  readonly merge: Merge | undefined;
  readonly applied: readonly KeptFix[];
}

async function loadFrom(
  { control, source }: { readonly control: Client; readonly source: TdsConnection },
  ingestion: Ingestion,
  { request, plan }: Load,
): Promise<Loaded> {
  const { options, observer } = request;
  const bronze = await connectBronze(request.settings.bronze);
  try {
    const { batchSize, maxCellBytes } = options;
    const ends = { source, bronze, batchSize, maxCellBytes, onProgress: observer.progressed };
    const fixes = new KeptFixes(await readKeptFixes(control, ingestion.target), plan.schema.plan);
    const quarantine = openQuarantine(control, ingestion, { plan: plan.schema.plan, key: plan.key, options, fixes });
    const counts = await loadStage(ends, ingestion, plan, { quarantine, fixes });
    const { applied } = fixes;
    if (!plan.isMerge) return { counts, merge: undefined, applied };
    const silent = { ...ends, onProgress: () => undefined };
    const keys = plan.selectKeys ? await loadKeys(silent, ingestion, plan.key, plan.selectKeys) : undefined;
    return { counts, merge: describeMerge(ingestion, plan, keys), applied };
  } catch (error) {
    throw translateKeyError(translateSourceError(error), ingestion.target, plan.move.key);
  } finally {
    await bronze.end().catch(() => undefined);
  }
}

function describeMerge(ingestion: Ingestion, { schema, move }: LoadPlan, keys: string | undefined): Merge {
  const columns = schema.plan.flatMap((column) => column.targets);
  return { stage: quoteStage(ingestion), keys, columns, key: move.key };
}

interface ToPublish extends Loaded {
  readonly sourceIsolation: string;
  readonly plan: LoadPlan;
  readonly request: IngestTableRequest;
}

async function publish(control: Client, ingestion: Ingestion, done: ToPublish): Promise<FinishedBatch['changes']> {
  const { counts, merge, applied, sourceIsolation, plan, request } = done;
  const { lockTimeoutSeconds, signal } = request;
  const changes = await publishStage(control, ingestion, {
    ...{ counts, merge, applied, sourceIsolation, lockTimeoutSeconds, signal },
    ...{ described: plan.described, schema: plan.schema, move: plan.move },
    connectionString: formatConnectionString(request.settings.source),
  });
  // The data is published; without fresh statistics queries are slower, not wrong. Of a merge autovacuum takes care.
  if (!merge) await refreshStatistics(control, ingestion).catch(() => undefined);
  return changes;
}

/**
 * Writes the failure into the audit on a new connection, since the old one may be what failed. Gives the published batch
 * when only the answer to COMMIT was lost. When the warehouse is down the row stays `running` and the next attempt of
 * the target closes it.
 */
async function recordFailure(
  ingestion: Ingestion,
  request: IngestTableRequest,
  failure: unknown,
): Promise<FinishedBatch | undefined> {
  const client = await connectBronze(request.settings.bronze).catch(() => undefined);
  if (!client) return undefined;
  try {
    const record = await failIngestion(client, ingestion, describeFailure(request.signal, failure));
    return record === 'published' ? await findFinishedBatch(client, ingestion.target, ingestion.batchId) : undefined;
  } catch {
    // The failure itself is what the caller must see.
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function describeFailure(signal: AbortSignal, failure: unknown): string {
  return signal.aborted ? 'cancelled' : formatErrorLines(toErrorFacts(failure));
}

function toResult(request: IngestTableRequest, batch: FinishedBatch, isRepeat: boolean): IngestTableResult {
  return { target: request.target.name, batchId: request.identity.batchId, ...batch, isRepeat };
}
