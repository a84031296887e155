// What there is to see when an instance is ready: the example's first run, or how the newest run ended.

import { setTimeout as pause } from 'node:timers/promises';
import { type Client, GetRun, ListPipelines, type RunDetail, StartRun } from '@towpath/api';
import { TowpathError } from '@towpath/core';
import { watchRun } from '../connection/watch-run.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/** Longest wait for pipeline code to be evaluated at a start; the code server itself gives up after 20 s. */
const CODE_DEADLINE_MS = 30_000;

/**
 * Runs the project's `dev.firstRun` pipeline when it has never run here, and returns the newest run of it.
 *
 * @throws TowpathError `PIPELINE_MISSING` when the code was loaded but holds no such pipeline, `CODE_NOT_LOADED`
 */
export async function ensureFirstRun(
  client: Client,
  pipeline: string,
  signal: AbortSignal,
): Promise<RunDetail | undefined> {
  const found = await waitForPipeline(client, pipeline, signal);
  const last = found?.lastRuns[0];
  if (!found) return undefined;
  if (last) return await client.call(GetRun, { params: { runId: last.id } });
  const started = await client.call(StartRun, { body: { pipeline, environment: LOCAL_ENVIRONMENT } });
  return await watchRun(client, started.id, signal, () => undefined);
}

/** A person who saves a file looks at the terminal about so long after it. */
const MENDED_LOOK_MS = 1_000;

/**
 * For a first start whose pipelines could not be loaded: runs `dev.firstRun` once they can. Says when it starts and returns
 * the run; undefined when the signal fires first, or when the project names no pipeline any more.
 */
export async function runFirstWhenMended(
  client: Client,
  options: {
    /** Asked anew each time: it may be what is mended. */
    readonly readFirstRun: () => string | undefined;
    readonly signal: AbortSignal;
    readonly notify: (line: string) => void;
  },
): Promise<RunDetail | undefined> {
  const { readFirstRun, signal, notify } = options;
  while (!signal.aborted) {
    await pause(MENDED_LOOK_MS, undefined, { signal }).catch(() => undefined);
    // What is wrong was said once; until it is mended there is nothing to add.
    const pipeline = await findMended(client, readFirstRun).catch(() => undefined);
    if (pipeline === undefined || signal.aborted) continue;
    notify(`${pipeline} can be loaded now: its first run starts`);
    return await ensureFirstRun(client, pipeline, signal);
  }
  return undefined;
}

async function findMended(client: Client, readFirstRun: () => string | undefined): Promise<string | undefined> {
  const name = readFirstRun();
  const { pipelines } = await client.call(ListPipelines, { query: { environment: LOCAL_ENVIRONMENT } });
  return pipelines.find((pipeline) => pipeline.name === name && pipeline.lastRuns.length === 0)?.name;
}

async function waitForPipeline(client: Client, name: string, signal: AbortSignal) {
  const deadline = Date.now() + CODE_DEADLINE_MS;
  while (!signal.aborted) {
    const { pipelines, codeLocations } = await client.call(ListPipelines, {
      query: { environment: LOCAL_ENVIRONMENT },
    });
    const found = pipelines.find((pipeline) => pipeline.name === name);
    if (found) return found;
    const [location] = codeLocations;
    if (location?.error) throw new TowpathError({ ...location.error, cause: location.error.cause ?? undefined });
    if (location?.loadedAt)
      throw missing(
        name,
        pipelines.map((pipeline) => pipeline.name),
      );
    if (Date.now() > deadline)
      throw new TowpathError({ code: 'CODE_NOT_LOADED', message: 'The pipeline code was not evaluated in time.' });
    await pause(20);
  }
  return undefined;
}

function missing(name: string, known: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'PIPELINE_MISSING',
    message: `towpath.yaml names ${name} as dev.firstRun, but the project has no such pipeline.`,
    cause: known.length > 0 ? `It has ${known.join(', ')}.` : 'pipelines/ holds none.',
    fix: 'Correct dev.firstRun in towpath.yaml, or remove it.',
  });
}
