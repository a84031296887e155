// The log of one Pod while it runs, and what is missing of it when it has ended.
import { setTimeout as pause } from 'node:timers/promises';
import { askPatiently, toPauseMs } from '../ask-patiently.ts';
import type { AttemptFolder } from '../attempt-folder.ts';
import type { ContainerRecord } from '../container-record.ts';
import { copyLog, writeGap } from './copy-log.ts';
import { isApiAway, type KubernetesApi } from './kubernetes-api.ts';

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
  /** Resolves when all of the output lies in the file, or the file says that some is lost. The container has ended; whether with its last line. */
  finish(hasSaidEnd: boolean): Promise<void>;
}

/** The kubelet closes the stream by itself when the container has ended; one that it forgot is not waited for. */
const CLOSING_MS = 5_000;

/** Copies the Pod's output into the attempt's log from here on. */
export function followPodLog(options: FollowOptions): PodLog {
  const { signal } = options;
  const closing = new AbortController();
  let isClosing = false;
  const following = follow(options, AbortSignal.any([signal, closing.signal]), () => isClosing).catch(() => false);
  return {
    finish: async (hasSaidEnd) => {
      isClosing = true;
      const timer = setTimeout(() => closing.abort(), CLOSING_MS);
      const isWhole = await following;
      clearTimeout(timer);
      if (!isWhole) await readRest(options, hasSaidEnd);
    },
  };
}

/** Until the log is whole; false when the container has ended and nobody can say whether it is. */
async function follow(options: FollowOptions, signal: AbortSignal, isClosing: () => boolean): Promise<boolean> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      if (await copy(options, true, signal)) return true;
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
async function readRest(options: FollowOptions, hasSaidEnd: boolean): Promise<void> {
  const { signal, folder } = options;
  try {
    const isWhole = await askPatiently(() => copy(options, false, signal), { signal, isAway: isApiAway });
    // A container engine that was killed at the wrong moment forgets what it had not written yet.
    if (hasSaidEnd && !isWhole) writeGap(folder, 'the container engine has not kept the end of it');
  } catch (thrown) {
    signal.throwIfAborted();
    writeGap(folder, `what was left of it can't be read: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  }
}

function copy(options: FollowOptions, isFollowing: boolean, signal: AbortSignal): Promise<boolean> {
  const { api, namespace, podName, folder, record } = options;
  const startOffset = Buffer.byteLength(`${record.spec.firstLine ?? ''}\n`);
  return copyLog({ api, namespace, podName, folder, startOffset, isFollowing, signal });
}
