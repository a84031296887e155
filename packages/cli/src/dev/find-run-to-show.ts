import type { Client } from '@towpath/api';
import type { Project } from '@towpath/config';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { ensureFirstRun } from './first-run.ts';
import type { ReadyFacts } from './ready-message.ts';

/** A pipeline that can't be loaded is no reason to stop: the console shows it, saving the file mends it, and then it runs. */
export async function findRunToShow(
  project: Project,
  client: Client,
  signal: AbortSignal,
): Promise<Pick<ReadyFacts, 'run' | 'problem'>> {
  if (project.firstRun === undefined) return { run: undefined, problem: undefined };
  try {
    return { run: await ensureFirstRun(client, project.firstRun, signal), problem: undefined };
  } catch (thrown) {
    return { run: undefined, problem: formatErrorLines(toErrorFacts(thrown)) };
  }
}
