// `ingest-table`: arguments → one ingestion → progress lines, a closing line and the result document.
import { writeFile } from 'node:fs/promises';
import { nameTarget } from '../bronze/target-table.ts';
import { type IngestTableResult, ingestTable } from '../ingest/ingest-table.ts';
import type { OnProgress } from '../ingest/load-table.ts';
import { identifyAttempt } from '../settings/attempt-identity.ts';
import { readSettings } from '../settings/read-settings.ts';
import { parseSourceTable } from '../source/source-table.ts';
import type { CommandContext } from './command-context.ts';

/** Options of `ingest-table`. */
export interface IngestTableOptions {
  readonly sourceSchema: string;
  readonly targetSchema: string;
  readonly targetTable?: string | undefined;
  readonly lockTimeout: number;
}

/** Often enough to see that it moves, rare enough for a log that is kept. */
const PROGRESS_INTERVAL_MS = 5_000;

/** Runs one ingestion and writes its result document when TOWPATH_RESULT names a file. Errors: those of `ingestTable`. */
export async function runIngestTable(
  context: CommandContext,
  table: string,
  options: IngestTableOptions,
): Promise<void> {
  const settings = readSettings(context.env);
  const source = parseSourceTable(table, options.sourceSchema);
  const target = nameTarget(source, { targetSchema: options.targetSchema, targetTable: options.targetTable });
  const startedAt = performance.now();
  context.print(`${source.name} -> ${target.name}`);
  const result = await ingestTable({
    settings,
    source,
    target,
    identity: identifyAttempt(context.env, target.name),
    lockTimeoutSeconds: options.lockTimeout,
    signal: context.signal,
    onProgress: createProgress(context, startedAt),
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  context.print(formatResult(result, seconds));
  await writeResult(context, result, seconds);
}

function createProgress({ print }: CommandContext, startedAt: number): OnProgress {
  let nextAt = startedAt + PROGRESS_INTERVAL_MS;
  return (rows, bytes) => {
    const now = performance.now();
    if (now < nextAt) return;
    nextAt = now + PROGRESS_INTERVAL_MS;
    const seconds = (now - startedAt) / 1_000;
    print(`${rows} rows, ${Math.round(rows / seconds)} rows/s, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  };
}

function formatResult(result: IngestTableResult, seconds: number): string {
  const counts = `${result.rowsRead} read = ${result.rowsLoaded} loaded + ${result.rowsQuarantined} quarantined`;
  if (result.isRepeat)
    return `${result.target}: batch ${result.batchId} was published before (${counts}); nothing to do`;
  // Why no stronger isolation was to be had is in the audit row.
  const [isolation] = result.sourceIsolation.split(' (');
  return `${result.target}: ${counts}, ${seconds.toFixed(1)} s, ${isolation}, batch ${result.batchId}`;
}

async function writeResult({ env }: CommandContext, result: IngestTableResult, seconds: number): Promise<void> {
  if (!env.TOWPATH_RESULT) return;
  const document = { ...result, seconds: Number(seconds.toFixed(3)) };
  await writeFile(env.TOWPATH_RESULT, `${JSON.stringify(document)}\n`);
}
