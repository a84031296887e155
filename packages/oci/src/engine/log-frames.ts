// The frames in which an engine sends what a container without a terminal printed.

/** A piece of what one of the streams printed. */
export interface LogFrame {
  /** 1: standard output, 2: standard error. */
  readonly stream: number;
  readonly body: Buffer;
}

// https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach, "Stream format"
const HEADER_BYTES = 8;
const LENGTH_AT = 4;

/** Finds the frames in a stream that is cut anywhere. */
export function createUnframer(): (chunk: Buffer) => readonly LogFrame[] {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const frames: LogFrame[] = [];
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
