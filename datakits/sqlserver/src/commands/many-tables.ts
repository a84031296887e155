// What ingest-tables and ingest-all share: jobs from tables, a summary, one result document, one error.
import { formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import { ingestMany, summarizeFailures, type TableOutcome } from '../ingest/ingest-many.ts';
import type { SourceTable } from '../source/source-table.ts';
import { type IngestOptions, planTableRun, runTable, type TableRun, type TableRunWorld } from './table-run.ts';
import { writeResult } from './write-result.ts';

/** Options of the commands for several tables. */
export interface ManyTablesOptions extends IngestOptions {
  readonly continueOnError?: boolean | undefined;
}

/** Plans every table before the first is read. Error: `TARGET_NAME_CLASH`. */
export function planTableRuns(world: TableRunWorld, sources: readonly SourceTable[]): TableRun[] {
  const runs = sources.map((source) => planTableRun(world, source));
  const owners = new Map<string, string>();
  for (const { source, target } of runs) {
    const owner = owners.get(target.name);
    if (owner !== undefined) throw refuseClash([owner, source.name], target.name);
    owners.set(target.name, source.name);
  }
  return runs;
}

/** Loads the tables and says how it went. Errors: `INGEST_INCOMPLETE…`, and the signal's reason. */
export async function runTables(world: TableRunWorld, runs: readonly TableRun[]): Promise<void> {
  const { context, configuration } = world;
  const options: ManyTablesOptions = world.options;
  const outcomes = await ingestMany(
    runs.map((run) => ({ name: run.source.name, run: () => runPrinted(world, run) })),
    {
      workers: configuration.settings.maxWorkers,
      continueOnError: options.continueOnError ?? false,
      signal: context.signal,
    },
  );
  const summary = summarize(outcomes);
  context.print(
    `${summary.tables} tables: ${summary.succeeded} succeeded, ${summary.failed} failed, ${summary.notStarted} not started; ` +
      `${summary.rowsRead} rows read = ${summary.rowsLoaded} loaded + ${summary.rowsQuarantined} quarantined`,
  );
  await writeResult(context, summary);
  context.signal.throwIfAborted();
  const failure = summarizeFailures(outcomes);
  if (failure !== undefined) throw failure;
}

async function runPrinted(world: TableRunWorld, run: TableRun): ReturnType<typeof runTable> {
  try {
    return await runTable(world, run);
  } catch (error) {
    world.context.print(`${run.source.name}: ${formatErrorLines(toErrorFacts(error))}`);
    throw error;
  }
}

// Of 4 KiB that a result document may have; each name has at most 257 characters, so the first few tell enough.
const NAMED_FAILURES = 10;

interface Summary {
  readonly tables: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly notStarted: number;
  readonly rowsRead: number;
  readonly rowsLoaded: number;
  readonly rowsQuarantined: number;
  readonly bytes: number;
  /** The first few failures. */
  readonly failures: readonly { readonly table: string; readonly code: string }[];
}

function summarize(outcomes: readonly TableOutcome[]): Summary {
  const results = outcomes.flatMap((outcome) => (outcome.state === 'succeeded' ? [outcome.result] : []));
  const failures = outcomes.flatMap((outcome) => (outcome.state === 'failed' ? [outcome] : []));
  const sum = (key: 'rowsRead' | 'rowsLoaded' | 'rowsQuarantined' | 'bytes'): number =>
    results.reduce((total, result) => total + result[key], 0);
  return {
    tables: outcomes.length,
    succeeded: results.length,
    failed: failures.length,
    notStarted: outcomes.length - results.length - failures.length,
    rowsRead: sum('rowsRead'),
    rowsLoaded: sum('rowsLoaded'),
    rowsQuarantined: sum('rowsQuarantined'),
    bytes: sum('bytes'),
    failures: failures
      .slice(0, NAMED_FAILURES)
      .map(({ name, error }) => ({ table: name, code: toErrorFacts(error).code })),
  };
}

function refuseClash(sources: readonly [string, string], target: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_NAME_CLASH',
    message: `${sources[0]} and ${sources[1]} would both become ${target}.`,
    cause: 'Bronze names are lower-cased, and anything but letters, digits and underscores becomes an underscore.',
    fix: 'Give one of them a targetTable in the configuration file, or leave it out with --exclude.',
    docs: 'reference/datakit-sqlserver.md',
  });
}
