// An attempt whose container is being started, runs, or ran: its log, its time limit, its cancelling and its end.
//
//   preparing ─▶ running ─▶ over        cancelled while preparing: nothing is started any more
//   the engine is away: nothing is known, so it is waited for
import { failpoint } from '@towpath/core';
import { hasStatus, toAway } from '@towpath/oci';
import { type AttemptEnder, createAttemptEnder } from '../attempt-ender.ts';
import { type AttemptFolder, deleteFolder, findEnding } from '../attempt-folder.ts';
import { type ContainerRecord, replaceContainerRecord } from '../container-record.ts';
import type { AttemptEnd, ExecutedImage, HeldAttempt } from '../executor.ts';
import { ignoreFailure } from '../ignore-failure.ts';
import { openLogFile } from '../log-file.ts';
import { writeGap } from '../log-gap.ts';
import { noteFailedStart, startFacts } from '../refused-attempt.ts';
import { armTimeLimit } from '../time-limit.ts';
import { decideContainerEnd } from './container-end.ts';
import { followContainerLog } from './container-log.ts';
import { findContainer, listOwnContainers } from './containers.ts';
import type { DockerHost } from './docker-host.ts';
import { recallEnd } from './engine-memory.ts';
import { askPatiently } from './engine-patience.ts';

export interface HeldContainerOptions {
  readonly host: DockerHost;
  readonly folder: AttemptFolder;
  readonly record: ContainerRecord;
  /** Brings it to run; may be repeated. */
  readonly begin: (signal: AbortSignal) => Promise<BegunContainer>;
}

/** A container that was started. */
export interface BegunContainer {
  readonly id: string;
  /** Undefined when it is gone. */
  readonly image: ExecutedImage | undefined;
}

/** Changes what is on record. */
type Keep = (change: Partial<ContainerRecord>) => void;

interface Watch {
  readonly ender: AttemptEnder;
  /** The attempt is not watched from here any more. */
  readonly unwatched: AbortController;
  /** It is not to be started any more. */
  readonly unwanted: AbortController;
  /** Settles when nothing is being started any more. */
  begun: Promise<unknown>;
  /** Known while it may be signalled. */
  containerId: string | undefined;
  wasKilled: boolean;
  image: ExecutedImage | undefined;
}

/** Holds an attempt from here on. */
export function holdContainer(options: HeldContainerOptions): HeldAttempt {
  const { host, folder, record } = options;
  const watch = createWatch(host, folder);
  let kept = record;
  // Serves the agent after this one; a full disk must not cost this one its attempt.
  const keep = (change: Partial<ContainerRecord>): void => {
    kept = { ...kept, ...change };
    ignoreFailure(() => replaceContainerRecord(folder, kept));
  };
  const ended = live(options, watch, keep);
  const detach = (): void => {
    watch.unwatched.abort();
    watch.ender.stop();
  };
  return {
    attemptId: record.spec.attemptId,
    ended,
    log: openLogFile(folder.log, record.spec.firstLine),
    getImage: () => watch.image,
    note: record.spec.note,
    cancel: () => watch.ender.end('CANCELLED'),
    writeEpoch: async (epoch) => keep({ epoch }),
    remove: async () => {
      detach();
      // What is being started would be there after it was removed.
      await watch.begun;
      await removeContainers(host, record.spec.attemptId, watch.containerId);
      failpoint('docker.before-delete');
      await deleteFolder(folder);
    },
    detach,
  };
}

function createWatch(host: DockerHost, folder: AttemptFolder): Watch {
  const watch: Watch = {
    unwatched: new AbortController(),
    unwanted: new AbortController(),
    begun: Promise.resolve(),
    containerId: undefined,
    wasKilled: false,
    image: undefined,
    ender: createAttemptEnder({
      folder,
      graceMs: host.graceMs,
      signal: (name) => {
        watch.unwanted.abort();
        if (name === 'SIGKILL') watch.wasKilled = true;
        if (watch.containerId !== undefined) void signalContainer(host, watch.containerId, { name, watch });
      },
    }),
  };
  return watch;
}

/** What is not running can't be signalled, which is well; an engine that is away is told when it is back. */
async function signalContainer(
  { engine, log }: DockerHost,
  id: string,
  { name, watch }: { readonly name: string; readonly watch: Watch },
): Promise<void> {
  const ask = () => engine.send({ method: 'POST', path: `/containers/${id}/kill`, query: { signal: name } });
  await askPatiently(ask, { signal: watch.unwatched.signal }).catch((thrown: unknown) => {
    const isOver = hasStatus(thrown, 404) || hasStatus(thrown, 409) || watch.unwatched.signal.aborted;
    if (!isOver) log(`container ${id} could not be sent ${name}: ${String(thrown)}`);
  });
}

async function live(options: HeldContainerOptions, watch: Watch, keep: Keep): Promise<AttemptEnd> {
  try {
    // An agent before us may have asked it to end, and was killed before it could see it happen.
    const earlier = findEnding(options.folder);
    if (earlier !== undefined) watch.ender.end(earlier);
    const beginning = begin(options, watch);
    watch.begun = noteBeginning(options.host, beginning);
    const begun = await beginning;
    if ('outcome' in begun) return begun;
    watch.image = begun.image;
    keep({ isStarted: true });
    return await watchContainer(options, watch, begun.id);
  } catch (thrown) {
    if (watch.unwatched.signal.aborted || options.host.closing.aborted) return await new Promise(() => undefined);
    const reason = `What it left can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
    return { outcome: 'errored', exitCode: null, reasonCode: 'CONTAINER_LOST', reason, result: null };
  }
}

function noteBeginning({ beginnings }: DockerHost, beginning: Promise<unknown>): Promise<unknown> {
  const settled = beginning.catch(() => undefined).finally(() => beginnings.delete(settled));
  beginnings.add(settled);
  return settled;
}

/** What was started, or how it ended before it ran. */
async function begin(
  { host, folder, record, begin: start }: HeldContainerOptions,
  watch: Watch,
): Promise<BegunContainer | AttemptEnd> {
  const { unwatched, unwanted } = watch;
  // Started by an earlier agent: asked to end, it is still to be watched to its end.
  const signal = record.isStarted ? unwatched.signal : AbortSignal.any([unwatched.signal, unwanted.signal]);
  try {
    return await askPatiently(() => start(signal), { signal });
  } catch (thrown) {
    watch.unwatched.signal.throwIfAborted();
    // Whatever of it was created must not start after all.
    await removeContainers(host, record.spec.attemptId);
    if (watch.ender.getReason() !== undefined) return CANCELLED_EARLY;
    return { ...ERRORED, ...noteFailedStart(folder, startFacts(thrown)) };
  }
}

const ERRORED = { outcome: 'errored', exitCode: null, result: null } as const;
const CANCELLED_EARLY = {
  outcome: 'cancelled',
  exitCode: null,
  reasonCode: 'CANCELLED',
  reason: 'It was cancelled before it started.',
  result: null,
} as const;

async function watchContainer(options: HeldContainerOptions, watch: Watch, id: string): Promise<AttemptEnd> {
  const { host, folder, record } = options;
  const { ender } = watch;
  const { signal } = watch.unwatched;
  watch.containerId = id;
  // Asked to end while it was being started.
  if (ender.getReason() !== undefined) void signalContainer(host, id, { name: 'SIGTERM', watch });
  armTimeLimit(record, ender);
  const log = followContainerLog({ engine: host.engine, containerId: id, folder, record, signal, log: host.log });
  let wasEngineAway = false;
  const onAway = (): void => {
    wasEngineAway = true;
  };
  await askPatiently(() => waitForExit(host, id, signal), { signal, onAway });
  ender.stop();
  failpoint('docker.after-exit');
  await log.finish();
  if (wasEngineAway || record.isStarted)
    await askPatiently(() => noteUnseenEnd(options, id, wasEngineAway), { signal });
  const facts = { wasEngineAway, wasKilled: watch.wasKilled, ending: ender.getReason() };
  return await askPatiently(() => decideContainerEnd(host, { id, folder, record, ...facts }), { signal });
}

/** An engine that did not see it end has not read what it printed last. */
async function noteUnseenEnd(
  { host, folder }: HeldContainerOptions,
  id: string,
  wasEngineAway: boolean,
): Promise<void> {
  if ((await findContainer(host.engine, id))?.status !== 'exited') return;
  const memory = await recallEnd(host.engine, id);
  if (memory === 'missed' || (memory === 'unknown' && wasEngineAway))
    writeGap(folder, 'the Docker engine was down while it ended, and nobody read what it printed');
}

async function waitForExit({ engine }: DockerHost, id: string, signal: AbortSignal): Promise<void> {
  const query = { condition: 'not-running' };
  try {
    await engine.send({ method: 'POST', path: `/containers/${id}/wait`, query, signal });
  } catch (thrown) {
    // Gone: what is left of it is looked at next. Any other answer says nothing of the container, which may run on.
    if (!hasStatus(thrown, 404)) throw toAway(thrown);
  }
}

/**
 * Ends what runs of the attempt; the container of one that has ended may be kept a while for its log. Looked for where none is
 * known. An engine that is away is waited for: it has containers that nobody else would remove.
 */
async function removeContainers(host: DockerHost, attemptId: string, known?: string): Promise<void> {
  const { engine, settings, closing: signal } = host;
  const own =
    known === undefined
      ? await askPatiently(() => listOwnContainers(engine, settings.instanceId, attemptId), { signal })
      : [{ id: known, attemptId }];
  for (const container of own) await askPatiently(() => host.release(container), { signal });
}
