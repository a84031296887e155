// Takes the entry's last line out of the output: whoever reads the log gets what the command printed, and we know that it is all.
import { END_MARK } from './entry-words.ts';

export interface EndMarkFilter {
  /** The bytes without the mark; what may be its beginning is held back. */
  pass(bytes: Buffer): Buffer;
  /** What was held back, and was no mark after all. */
  flush(): Buffer;
  /** Nothing follows any more. */
  hasSeenEnd(): boolean;
}

const MARK = Buffer.from(END_MARK, 'latin1');
const NOTHING = Buffer.alloc(0);

/** Creates it for one reading of a log, from anywhere. */
export function createEndMarkFilter(): EndMarkFilter {
  let held: Buffer = NOTHING;
  let isSeen = false;
  return {
    pass: (bytes) => {
      const all = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
      const at = all.indexOf(MARK);
      if (at >= 0) {
        isSeen = true;
        held = NOTHING;
        return Buffer.concat([all.subarray(0, at), all.subarray(at + MARK.length)]);
      }
      held = all.subarray(all.length - countBeginning(all));
      return all.subarray(0, all.length - held.length);
    },
    flush: () => {
      const rest = held;
      held = NOTHING;
      return rest;
    },
    hasSeenEnd: () => isSeen,
  };
}

/** Bytes at the end that the mark begins with. */
function countBeginning(bytes: Buffer): number {
  const from = bytes.indexOf(0, Math.max(0, bytes.length - MARK.length + 1));
  if (from < 0) return 0;
  for (let at = from; at < bytes.length; at += 1)
    if (bytes.subarray(at).equals(MARK.subarray(0, bytes.length - at))) return bytes.length - at;
  return 0;
}
