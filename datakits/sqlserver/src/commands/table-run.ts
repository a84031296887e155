// One table of a command: options → request → progress and closing lines. Shared by ingest-table, ingest-tables and
// ingest-all, so that a table is loaded and told about in the same way by each.
import { nameTarget, type TargetTable } from '../bronze/target-table.ts';
import { type IngestTableResult, ingestTable, type LoadObserver } from '../ingest/ingest-table.ts';
import { retryPassing } from '../ingest/retry-passing.ts';
import { identifyAttempt } from '../settings/attempt-identity.ts';
import { type CliOptions, type Configuration, chooseTableOptions } from '../settings/configuration.ts';
import type { Settings } from '../settings/read-settings.ts';
import type { TableOptions } from '../settings/table-settings.ts';
import type { SourceTable } from '../source/source-table.ts';
import type { CommandContext } from './command-context.ts';

/** Options that all three commands have, beside those in `TABLE_SETTINGS`. */
export interface IngestOptions extends CliOptions {
  readonly targetSchema: string;
  readonly targetTable?: string | undefined;
  readonly lockTimeout: number;
  readonly fullRefresh?: boolean | undefined;
  readonly metadata?: boolean | undefined;
}

/** What a command knows when it comes to a table. */
export interface TableRunWorld {
  readonly context: CommandContext;
  readonly configuration: Configuration & { readonly settings: Settings };
  readonly options: IngestOptions;
}

/** A table with all that was said about it. */
export interface TableRun {
  readonly source: SourceTable;
  readonly target: TargetTable;
  readonly options: TableOptions;
}

/** Lays the options out. Errors: `USAGE_INVALID`, `TARGET_…`. */
export function planTableRun({ configuration, options }: TableRunWorld, source: SourceTable): TableRun {
  const chosen = chooseTableOptions(configuration, options, source);
  const targetTable = options.targetTable ?? chosen.targetTable;
  return {
    source,
    target: nameTarget(source, { targetSchema: options.targetSchema, targetTable }),
    options: chosen.options,
  };
}

/** Often enough to see that it moves, rare enough for a log that is kept. */
const PROGRESS_INTERVAL_MS = 5_000;

/** A result with the time it took. */
export interface TimedResult extends IngestTableResult {
  readonly seconds: number;
}

/** Loads the table, again when that may help; prints what it does. Errors: those of `ingestTable`. */
export async function runTable(world: TableRunWorld, run: TableRun): Promise<TimedResult> {
  const { context, configuration, options } = world;
  const startedAt = performance.now();
  context.print(`${run.source.name} -> ${run.target.name}`);
  const { settings } = configuration;
  const { signal, print } = context;
  // One identity for all tries: they are one attempt, and a batch that is published after all is not loaded again.
  const identity = identifyAttempt(context.env, run.target.name);
  const result = await retryPassing(run.source.name, { policy: settings.retry, signal, print }, () =>
    ingestTable({
      ...{ settings, source: run.source, target: run.target, options: run.options, identity, signal },
      isFullRefresh: options.fullRefresh ?? false,
      lockTimeoutSeconds: options.lockTimeout,
      observer: createObserver(context, run.source.name, performance.now()),
    }),
  );
  const seconds = Number(((performance.now() - startedAt) / 1_000).toFixed(3));
  context.print(formatResult(result, seconds));
  if (options.metadata) context.print(JSON.stringify({ ...result, seconds }));
  return { ...result, seconds };
}

function createObserver({ print }: CommandContext, name: string, startedAt: number): LoadObserver {
  let nextAt = startedAt + PROGRESS_INTERVAL_MS;
  let estimate: number | undefined;
  return {
    planned: ({ estimatedRows, schemaChanges }) => {
      estimate = estimatedRows;
      if (schemaChanges.length > 0) print(`${name}: the source has changed: ${schemaChanges.join(', ')}`);
    },
    progressed: (rows, bytes) => {
      const now = performance.now();
      if (now < nextAt) return;
      nextAt = now + PROGRESS_INTERVAL_MS;
      print(`${name}: ${formatProgress({ rows, bytes, estimate, seconds: (now - startedAt) / 1_000 })}`);
    },
  };
}

/** How far a load is. */
export interface Progress {
  readonly rows: number;
  readonly bytes: number;
  /** Rows of the whole table; undefined where nobody knows. */
  readonly estimate: number | undefined;
  readonly seconds: number;
}

/** `1200000 of about 10000000 rows (12 %), 400000 rows/s, 146.0 MiB, about 22 s left`. */
export function formatProgress({ rows, bytes, estimate, seconds }: Progress): string {
  const rate = Math.round(rows / seconds);
  const size = `${rate} rows/s, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
  // A source that grew past its own count: an estimate that is wrong is not shown.
  if (estimate === undefined || estimate < rows || rate === 0) return `${rows} rows, ${size}`;
  const share = Math.floor((100 * rows) / estimate);
  const left = Math.ceil((estimate - rows) / rate);
  return `${rows} of about ${estimate} rows (${share} %), ${size}, about ${left} s left`;
}

function formatResult(result: IngestTableResult, seconds: number): string {
  const fixed = result.rowsFixed > 0 ? `, ${result.rowsFixed} of the loaded with their fixes` : '';
  const counts = `${result.rowsRead} read = ${result.rowsLoaded} loaded + ${result.rowsQuarantined} quarantined${fixed}`;
  if (result.isRepeat)
    return `${result.target}: batch ${result.batchId} was published before (${counts}); nothing to do`;
  const { changes } = result;
  const merged = changes
    ? ` (${changes.rowsInserted} new, ${changes.rowsUpdated} changed, ${changes.rowsDeleted} deleted)`
    : '';
  // Why no stronger isolation was to be had is in the audit row.
  const [isolation] = result.sourceIsolation.split(' (');
  return `${result.target}: ${counts}${merged}, ${seconds.toFixed(1)} s, ${isolation}, batch ${result.batchId}`;
}
