// Several tables, some at a time. Each is an ingestion of its own: one that fails takes nothing from the others.
import { TowpathError, toErrorFacts } from '@towpath/core';
import { EXIT_CODES } from '@towpath/datakit-process';
import { toExitCode } from '../exit-codes.ts';
import type { IngestTableResult } from './ingest-table.ts';

/** One table of many. */
export interface TableJob {
  /** `dbo.Products` */
  readonly name: string;
  run(): Promise<IngestTableResult>;
}

/** How it ended. */
export type TableOutcome =
  | { readonly name: string; readonly state: 'succeeded'; readonly result: IngestTableResult }
  | { readonly name: string; readonly state: 'failed'; readonly error: unknown }
  | { readonly name: string; readonly state: 'not started' };

/** How many run at once, and whether a failure keeps the rest from starting. What runs is never cut off by another's failure. */
export interface ManyOptions {
  readonly workers: number;
  readonly continueOnError: boolean;
  readonly signal: AbortSignal;
}

/** Runs the jobs in order; gives an outcome for each, in the same order. */
export async function ingestMany(jobs: readonly TableJob[], options: ManyOptions): Promise<TableOutcome[]> {
  const outcomes: TableOutcome[] = jobs.map(({ name }) => ({ name, state: 'not started' }));
  const waiting = jobs.entries();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const [index, job] of waiting) {
      if (options.signal.aborted || (hasFailed && !options.continueOnError)) return;
      outcomes[index] = await runJob(job);
      hasFailed ||= outcomes[index].state === 'failed';
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, jobs.length) }, work));
  return outcomes;
}

async function runJob({ name, run }: TableJob): Promise<TableOutcome> {
  try {
    return { name, state: 'succeeded', result: await run() };
  } catch (error) {
    return { name, state: 'failed', error };
  }
}

/**
 * The one error that stands for all failures, undefined when there are none. A single table's own error passes through;
 * of several, `INGEST_INCOMPLETE_RETRY` says that every failure may go away by itself, `INGEST_INCOMPLETE_CONFIGURATION`
 * that none will, `INGEST_INCOMPLETE` the rest.
 */
export function summarizeFailures(outcomes: readonly TableOutcome[]): unknown {
  const failed = outcomes.filter((outcome) => outcome.state === 'failed');
  const [first] = failed;
  if (!first) return undefined;
  if (outcomes.length === 1) return first.error;
  const skipped = outcomes.filter((outcome) => outcome.state === 'not started').length;
  const details = failed.map(({ name, error }) => `${name} (${toErrorFacts(error).code})`).join(', ');
  return new TowpathError({
    code: `INGEST_INCOMPLETE${chooseSuffix(failed.map(({ error }) => toExitCode(error)))}`,
    message: `${failed.length} of ${outcomes.length} tables failed${skipped > 0 ? `, ${skipped} were not started` : ''}: ${details}.`,
    cause: toErrorFacts(first.error).message,
    fix: 'The lines above and ingestion_audit say why for each; what succeeded is published and is not loaded again by a retry.',
  });
}

function chooseSuffix(codes: readonly number[]): string {
  if (codes.every((code) => code === EXIT_CODES.tryAgain)) return '_RETRY';
  return codes.every((code) => code === EXIT_CODES.configuration) ? '_CONFIGURATION' : '';
}
