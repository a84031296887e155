// Loaded before the program (`node --import`) by tests that kill at a failpoint. The file that TOWPATH_FAILPOINTS names holds
// the armed point; whoever reaches it removes the file, so that it works once, and dies as by `kill -9`.
import { readFileSync, rmSync } from 'node:fs';
import { armFailpoints } from '@towpath/core';

const path = process.env.TOWPATH_FAILPOINTS;

if (path !== undefined) {
  armFailpoints((point) => {
    if (readArmed(path) !== point) return;
    rmSync(path);
    process.kill(process.pid, 'SIGKILL');
    // Not one instruction further, should the signal take its time.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}

function readArmed(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Nothing is armed.
    return undefined;
  }
}
