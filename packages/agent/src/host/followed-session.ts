// Which session this state folder had last. What was granted in it and has no record here was never begun; of any other one we know
// nothing.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isUuid } from './instance-id.ts';

/** The last session, kept in the state folder. */
export interface FollowedSession {
  /** Undefined: there was none, or its note can't be read. */
  find(): string | undefined;
  /** Before anything is asked in it. */
  note(sessionId: string): void;
}

/** Opens the note; the state's lock must be held. */
export function openFollowedSession(stateFolder: string): FollowedSession {
  const path = join(stateFolder, 'session-id');
  let known = readNote(path);
  return {
    find: () => known,
    note: (sessionId) => {
      known = sessionId;
      try {
        writeFileSync(`${path}.tmp`, `${sessionId}\n`, { mode: 0o600 });
        renameSync(`${path}.tmp`, path);
      } catch {
        // A full disk must not cost the session. The next agent follows an older one then, and what never began ends as lost.
      }
    },
  };
}

function readNote(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return isUuid(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
