// From the engine's log, with times, to the bytes that the container printed.
//
// The engine keeps lines, and cuts longer ones than 16 KiB into pieces that share one time. Its driver `local` (20.10 to 28) forgets
// the newline of a line that was cut. So: where a piece without newline is followed by another time, its line was complete.
// Limit: a last line of more than 16 KiB never gets its newline, as nothing follows that would tell of it.

import { createUnframer, type LogFrame } from '@towpath/oci';

export interface LogDecoder {
  /** The output in this part of the stream, which is cut anywhere. */
  decode(chunk: Buffer): Buffer;
}

const NEWLINE = Buffer.from('\n');

/** Creates the decoder of one log, from its beginning. */
export function createLogDecoder(): LogDecoder {
  const unframe = createUnframer();
  /** By stream: the time of its last line, where that has no newline yet. */
  const open = new Map<number, string>();
  const join = ({ stream, body }: LogFrame): readonly Buffer[] => {
    const { time, text } = splitTime(body);
    const openSince = open.get(stream);
    const isFinished = openSince !== undefined && openSince !== time;
    if (text.at(-1) === NEWLINE[0]) open.delete(stream);
    else open.set(stream, time);
    return isFinished ? [NEWLINE, text] : [text];
  };
  return { decode: (chunk) => Buffer.concat(unframe(chunk).flatMap(join)) };
}

/** `2026-07-01T10:00:00.123456789Z text` */
function splitTime(body: Buffer): { readonly time: string; readonly text: Buffer } {
  const at = body.indexOf(' ');
  return { time: body.toString('latin1', 0, Math.max(0, at)), text: body.subarray(at + 1) };
}
