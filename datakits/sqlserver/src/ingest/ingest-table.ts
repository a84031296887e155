// One source table into bronze: lock, audit row, checks, load, publish. Nothing is visible before the last step, and
// whatever fails on the way ends in an audit row that says so.
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import type { TdsConnection } from '@towpath/tds';
import type { Client } from 'pg';
import { checkTargetColumns, checkTargetOwner } from '../bronze/check-target.ts';
import { connectBronze, translateBronzeError } from '../bronze/connect-bronze.ts';
import { ensureControlTables } from '../bronze/control-tables.ts';
import { failIngestion } from '../bronze/fail-ingestion.ts';
import { type FinishedBatch, findFinishedBatch } from '../bronze/find-finished-batch.ts';
import type { Ingestion, IngestionRequest, LoadCounts } from '../bronze/ingestion.ts';
import { lockTarget } from '../bronze/lock-target.ts';
import { analyzePublished, publishStage } from '../bronze/publish-stage.ts';
import { startIngestion } from '../bronze/start-ingestion.ts';
import type { TargetTable } from '../bronze/target-table.ts';
import { type PlannedColumn, planColumns } from '../encode/plan-columns.ts';
import type { AttemptIdentity } from '../settings/attempt-identity.ts';
import type { Settings } from '../settings/read-settings.ts';
import { chooseIsolation, connectSource, formatConnectionString, nameSourceSystem } from '../source/connect-source.ts';
import { describeTable } from '../source/describe-table.ts';
import type { SourceTable } from '../source/source-table.ts';
import { loadTable, type OnProgress } from './load-table.ts';

/** What one ingestion needs to know. */
export interface IngestTableRequest {
  readonly settings: Settings;
  readonly source: SourceTable;
  readonly target: TargetTable;
  readonly identity: AttemptIdentity;
  /** Longest wait for another ingestion of the target, and for readers that keep the published table busy. */
  readonly lockTimeoutSeconds: number;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** What came of it. */
export interface IngestTableResult extends LoadCounts {
  /** `bronze.dbo_products` */
  readonly target: string;
  readonly batchId: string;
  readonly sourceIsolation: string;
  /** True when an earlier attempt had published this batch and nothing was done now. */
  readonly isRepeat: boolean;
}

/**
 * Ingests a table. Repeating a batch does nothing and gives the same result. Errors: those of the source (`TDS_…`,
 * `SOURCE_…`), of the columns (`TYPE_…`, `VALUE_…`, `…_CLASH`), of the target (`TARGET_…`, `INGEST_…`, `PUBLISH_…`,
 * `BRONZE_…`), or the signal's reason.
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
  ingestion: Ingestion,
  request: IngestTableRequest,
): Promise<FinishedBatch> {
  const target = await checkTargetOwner(control, ingestion);
  const source = await connectSource(request.settings.source);
  const cancel = (): void => source.cancel();
  request.signal.addEventListener('abort', cancel);
  try {
    const sourceIsolation = await chooseIsolation(source);
    const plan = planColumns(ingestion.source.name, await describeTable(source, ingestion.source));
    if (target.isPublished) await checkTargetColumns(control, ingestion.target, plan);
    request.signal.throwIfAborted();
    const counts = await loadFrom(source, ingestion, { request, plan });
    await publish(control, ingestion, { counts, sourceIsolation, plan, request });
    return { ...counts, sourceIsolation };
  } finally {
    request.signal.removeEventListener('abort', cancel);
    await source.close();
  }
}

async function loadFrom(
  source: TdsConnection,
  ingestion: Ingestion,
  load: { request: IngestTableRequest; plan: readonly PlannedColumn[] },
): Promise<LoadCounts> {
  const bronze = await connectBronze(load.request.settings.bronze);
  try {
    return await loadTable({ source, bronze, onProgress: load.request.onProgress }, ingestion, load.plan);
  } finally {
    await bronze.end().catch(() => undefined);
  }
}

interface Loaded {
  readonly counts: LoadCounts;
  readonly sourceIsolation: string;
  readonly plan: readonly PlannedColumn[];
  readonly request: IngestTableRequest;
}

async function publish(control: Client, ingestion: Ingestion, loaded: Loaded): Promise<void> {
  const { counts, sourceIsolation, plan, request } = loaded;
  const connectionString = formatConnectionString(request.settings.source);
  const { lockTimeoutSeconds, signal } = request;
  await publishStage(control, ingestion, {
    counts,
    sourceIsolation,
    plan,
    connectionString,
    lockTimeoutSeconds,
    signal,
  });
  // The data is published; without fresh statistics queries are slower, not wrong.
  await analyzePublished(control, ingestion).catch(() => undefined);
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
