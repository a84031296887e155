// From the engine's log, with times, to the bytes that the container printed.
//
// The engine keeps lines, and cuts longer ones than 16 KiB into pieces that share one time. Its driver `local` (20.10 to 28) forgets
// the newline of a line that was cut. So: where a piece without newline is followed by another time, its line was complete.
// Limit: a last line of more than 16 KiB never gets its newline, as nothing follows that would tell of it.

export interface LogDecoder {
  /** The output in this part of the stream, which is cut anywhere. */
  decode(chunk: Buffer): Buffer;
}

const NEWLINE = Buffer.from('\n');
const NOTHING = Buffer.alloc(0);

/** Creates the decoder of one log, from its beginning. */
export function createLogDecoder(): LogDecoder {
  const unframe = createUnframer();
  /** By stream: the time of its last line, where that has no newline yet. */
  const open = new Map<number, string>();
  const join = ({ stream, body }: Frame): readonly Buffer[] => {
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

/** A piece of what one of the streams printed. */
interface Frame {
  /** 1: standard output, 2: standard error. */
  readonly stream: number;
  readonly body: Buffer;
}

// https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach, "Stream format"
const HEADER_BYTES = 8;
const LENGTH_AT = 4;

/** Finds the frames in a stream that is cut anywhere. */
function createUnframer(): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = NOTHING;
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    let at = 0;
    while (at + HEADER_BYTES <= bytes.length) {
      const end = at + HEADER_BYTES + bytes.readUInt32BE(at + LENGTH_AT);
      if (end > bytes.length) break;
      frames.push({ stream: bytes.readUInt8(at), body: bytes.subarray(at + HEADER_BYTES, end) });
      at = end;
    }
    rest = bytes.subarray(at);
    return frames;
  };
}
