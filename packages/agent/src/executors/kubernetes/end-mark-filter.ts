// Takes the entry's last line out of the output: whoever reads the log gets what the command printed, and we know that it is all.
import { END_MARK } from './entry-words.ts';

export interface EndMarkFilter {
  /** The bytes without the mark; what may be its beginning is held back. */
  pass(bytes: Buffer): Buffer;
  /** Another line begins: what was held back was no mark. */
  release(): Buffer;
  /** What was held back at the end of the log, and is no mark. */
  flush(): Buffer;
  /** Nothing follows any more. */
  hasSeenEnd(): boolean;
}

const MARK = Buffer.from(END_MARK, 'latin1');
const NOTHING = Buffer.alloc(0);

/** Creates it for one reading of a log, from anywhere. A command may print the mark itself: only what nothing follows is one. */
export function createEndMarkFilter(): EndMarkFilter {
  let held: Buffer = NOTHING;
  const release = (): Buffer => {
    const rest = held;
    held = NOTHING;
    return rest;
  };
  return {
    pass: (bytes) => {
      if (bytes.length === 0) return NOTHING;
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      held = all.subarray(all.length - countBeginning(all));
      return all.subarray(0, all.length - held.length);
    },
    release,
    flush: () => (held.equals(MARK) ? NOTHING : release()),
    hasSeenEnd: () => held.equals(MARK),
  };
}

/** Bytes at the end that the mark begins with, or that are all of it. */
function countBeginning(bytes: Buffer): number {
  const from = bytes.indexOf(0, Math.max(0, bytes.length - MARK.length));
  if (from < 0) return 0;
  for (let at = from; at < bytes.length; at += 1)
    if (bytes.subarray(at).equals(MARK.subarray(0, bytes.length - at))) return bytes.length - at;
  return 0;
}
