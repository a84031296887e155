// The server's own log in a file. A log must never end what it tells about: while the file can't be written (full disk,
// removed folder) lines are lost, and the next one that fits says how many.
import { appendFileSync, chmodSync, statSync } from 'node:fs';

/** Where the logger writes its lines. */
export interface LogDestination {
  write(line: string): void;
}

/** What it logs may name people and addresses. */
const OWNER_ONLY = 0o600;

/** The level `warn` of the logger's lines. */
const WARN = 40;

/**
 * A destination that appends to `path`, made for its owner alone; an older file is closed to others. Never throws. It
 * opens the file for each line, as the usual level seldom writes: one that was moved away is made anew. Lines are in the
 * file when `write` returns, so a crash loses none.
 */
export function createLogFile(path: string): LogDestination {
  let lostLines = 0;
  closeToOthers(path);
  return {
    write: (line) => {
      try {
        appendFileSync(path, lostLines > 0 ? `${formatLoss(lostLines)}${line}` : line, { mode: OWNER_ONLY });
        lostLines = 0;
      } catch {
        lostLines += 1;
      }
    },
  };
}

// The line feed in front ends a line of which only a part found room.
function formatLoss(lines: number): string {
  return `\n${JSON.stringify({ level: WARN, time: Date.now(), msg: `${lines} lines before this one could not be written` })}\n`;
}

// Only a plain file: the mode of a device (/dev/null) is not ours. One that is not there yet is made with the right mode.
function closeToOthers(path: string): void {
  try {
    if (statSync(path).isFile()) chmodSync(path, OWNER_ONLY);
  } catch {
    // Absent, or not ours to change: then it says who may read it, not we.
  }
}
