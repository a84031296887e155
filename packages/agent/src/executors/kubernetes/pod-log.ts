// The log of one Pod while it runs, and what is missing of it when it has ended.
import { appendFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { askPatiently, toPauseMs } from '../ask-patiently.ts';
import type { AttemptFolder } from '../attempt-folder.ts';
import type { ContainerRecord } from '../container-record.ts';
import { writeGap } from '../log-gap.ts';
import { statOwnFile } from '../own-file.ts';
import { copyLog, type LogReading } from './copy-log.ts';
import { ApiError, isApiAway, type KubernetesApi } from './kubernetes-api.ts';

export interface FollowOptions {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly podName: string;
  readonly folder: AttemptFolder;
  readonly record: ContainerRecord;
  /** Nobody watches any more. */
  readonly signal: AbortSignal;
}

export interface PodLog {
  /** Resolves when all of the output lies in the file, or the file says that some is lost. The container has ended. */
  finish(ended: EndedLog): Promise<void>;
}

/** What is known of the Pod when nothing of it runs any more. */
export interface EndedLog {
  /** It ended with its last line. */
  readonly hasSaidEnd: boolean;
  /** Kubernetes has given its node up. */
  readonly isNodeLost: boolean;
}

/** The kubelet closes the stream by itself when the container has ended; one that it forgot is not waited for. */
const CLOSING_MS = 5_000;

/**
 * Of a node that does not give out the log of a Pod that has ended, while the API server answers. A kubelet that restarts, or a
 * machine that does, is back by then. Longer would keep from people how the attempt ended; shorter would cost its last lines.
 */
const NODE_PATIENCE_MS = 15 * 60_000;

/** Copies the Pod's output into the attempt's log from here on. */
export function followPodLog(options: FollowOptions): PodLog {
  const { signal } = options;
  const closing = new AbortController();
  let isClosing = false;
  const following = follow(options, AbortSignal.any([signal, closing.signal]), () => isClosing).catch(() => false);
  return {
    finish: async (ended) => {
      isClosing = true;
      const timer = setTimeout(() => closing.abort(), CLOSING_MS);
      const isWhole = await following;
      clearTimeout(timer);
      if (!isWhole) await readRest(options, ended);
    },
  };
}

/** Until the log is whole; false when the container has ended and nobody can say whether it is. */
async function follow(options: FollowOptions, signal: AbortSignal, isClosing: () => boolean): Promise<boolean> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      if ((await copy(options, true, signal)).isWhole) return true;
      if (isClosing()) return false;
      failures = 0;
    } catch {
      // It is asked for again; what really can't be read is said at the end.
      if (isClosing()) return false;
    }
    await pause(toPauseMs(failures), undefined, { signal });
  }
  return false;
}

/** What the stream missed. Of a Pod that has lost its log nothing more comes, and that is said. */
async function readRest(options: FollowOptions, { hasSaidEnd, isNodeLost }: EndedLog): Promise<void> {
  const { signal, folder } = options;
  const patience = { signal, isAway: createNodePatience(isNodeLost ? 0 : NODE_PATIENCE_MS) };
  try {
    let heldBack: Buffer = Buffer.alloc(0);
    // A kubelet that ends in the middle of an answer looks like the end of the log: only the same answer again is that.
    for (let repeated = 0; repeated < (hasSaidEnd ? 2 : 1); ) {
      const before = countBytes(folder);
      const read = await askPatiently(() => copy(options, false, signal), patience);
      if (read.isWhole) return;
      heldBack = read.heldBack;
      repeated = countBytes(folder) === before ? repeated + 1 : 0;
    }
    await appendFile(folder.log, heldBack, { mode: 0o600 });
    // A container engine that was killed at the wrong moment forgets what it had not written yet.
    if (hasSaidEnd) writeGap(folder, 'the container engine has not kept the end of it');
  } catch (thrown) {
    signal.throwIfAborted();
    writeGap(folder, `what was left of it can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function countBytes(folder: AttemptFolder): number {
  return statOwnFile(folder.log)?.size ?? 0;
}

/** An API server that is away is waited for without an end; a node behind it that does not answer only for so long. */
function createNodePatience(patienceMs: number): (thrown: unknown) => boolean {
  let since: number | undefined;
  return (thrown) => {
    if (!isApiAway(thrown)) return false;
    since = thrown instanceof ApiError && thrown.status !== undefined ? (since ?? performance.now()) : undefined;
    return since === undefined || performance.now() - since < patienceMs;
  };
}

function copy(options: FollowOptions, isFollowing: boolean, signal: AbortSignal): Promise<LogReading> {
  const { api, namespace, podName, folder, record } = options;
  const startOffset = Buffer.byteLength(`${record.spec.firstLine ?? ''}\n`);
  return copyLog({ api, namespace, podName, folder, startOffset, isFollowing, signal });
}
