// Noticing that a shim is gone: the launcher's word while it is its parent, looking at folder and process table when an
// earlier agent's was.
import { type FSWatcher, watch } from 'node:fs';
import { isProcessAlive, type ProcessIdentity } from '../../host/process-identity.ts';
import type { AttemptFolder } from '../attempt-folder.ts';
import { findExitStatus } from './process-record.ts';

/** Watches one shim. `gone` never resolves after `stop`. */
export interface ShimWatch {
  readonly gone: Promise<void>;
  /** Looks now instead of waiting for the next sign: somebody just killed it. */
  look(): void;
  stop(): void;
}

/**
 * How often the process table is asked about an adopted shim. Only a killed shim is found this way, a normal end
 * appears in the folder at once; so a second is soon enough and costs one read of /proc.
 */
const LOOK_EVERY_MS = 1_000;

/** Watches a shim whose parent was an earlier agent. */
export function watchAdopted(folder: AttemptFolder, shim: ProcessIdentity): ShimWatch {
  let stop = (): void => undefined;
  let lookNow = (): void => undefined;
  const gone = new Promise<void>((resolve) => {
    const lookSoon = (): void => {
      if (isProcessAlive(shim) && !hasExitStatus(folder)) return;
      stop();
      resolve();
    };
    const watcher = watchFolder(folder.path, lookSoon);
    const timer = setInterval(lookSoon, LOOK_EVERY_MS);
    stop = () => {
      watcher?.close();
      clearInterval(timer);
    };
    // It may have ended before the watch began.
    lookSoon();
    lookNow = lookSoon;
  });
  return { gone, look: () => lookNow(), stop: () => stop() };
}

/** A look that fails (the folder is not readable just now) is repeated by the next one. */
function hasExitStatus(folder: AttemptFolder): boolean {
  try {
    return findExitStatus(folder) !== undefined;
  } catch {
    return false;
  }
}

/** Undefined: no folder any more, or no watch left (inotify's limit); the process table is asked all the same. */
function watchFolder(path: string, listener: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(path, listener);
    watcher.on('error', () => watcher.close());
    return watcher;
  } catch {
    return undefined;
  }
}

/** For a shim that can't be there any more. */
export const GONE: ShimWatch = { gone: Promise.resolve(), look: () => undefined, stop: () => undefined };
