// The log of one container while it runs, and what is missing of it when it has ended.

import { type DockerEngine, hasStatus } from '@towpath/oci';
import type { AttemptFolder } from '../attempt-folder.ts';
import type { ContainerRecord } from '../container-record.ts';
import { statOwnFile } from '../own-file.ts';
import { copyLog } from './engine-log.ts';
import { askPatiently } from './engine-patience.ts';

export interface FollowOptions {
  readonly engine: DockerEngine;
  readonly containerId: string;
  readonly folder: AttemptFolder;
  readonly record: ContainerRecord;
  /** Nobody watches any more. */
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
}

export interface ContainerLog {
  /** Resolves when all of the output lies in the file. The container has ended, or is gone. */
  finish(): Promise<void>;
}

/** The engine closes the stream by itself when the container has ended; one that it forgot is not waited for. */
const CLOSING_MS = 5_000;

/** Copies the container's output into the attempt's log from here on. */
export function followContainerLog(options: FollowOptions): ContainerLog {
  const { engine, containerId, folder, record, signal, log } = options;
  const closing = new AbortController();
  const followed = AbortSignal.any([signal, closing.signal]);
  const copy = (isFollowing: boolean, until: AbortSignal): Promise<void> =>
    copyLog({
      ...{ engine, containerId, isFollowing, signal: until },
      path: folder.log,
      copiedBytes: countOutput(folder, record),
    });
  // What it misses is fetched when the container has ended.
  const following = askPatiently(() => copy(true, followed), { signal: followed }).catch(() => undefined);
  return {
    finish: async () => {
      const timer = setTimeout(() => closing.abort(), CLOSING_MS);
      await following;
      clearTimeout(timer);
      // What the stream missed while the engine or an agent was away. Of a container that was removed nothing more comes.
      await askPatiently(() => copy(false, signal), { signal }).catch((thrown: unknown) => {
        signal.throwIfAborted();
        if (!hasStatus(thrown, 404))
          log(`attempt ${record.spec.attemptId}: its log is not complete: ${String(thrown)}`);
      });
    },
  };
}

/** Bytes of output in the log: all that stands behind the line it begins with. */
function countOutput(folder: AttemptFolder, { spec }: ContainerRecord): number {
  const own = Buffer.byteLength(`${spec.firstLine ?? ''}\n`);
  return Math.max(0, (statOwnFile(folder.log)?.size ?? 0) - own);
}
