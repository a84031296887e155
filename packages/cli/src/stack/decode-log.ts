import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';

/** Before each piece of a log: one byte of stream, three of nothing, four of length (Engine API, ContainerAttach). */
const HEADER_BYTES = 8;

/** The text of a container's log without the engine's frames. */
export async function decodeLog(stream: Readable): Promise<string> {
  const bytes = await buffer(stream);
  const pieces: Buffer[] = [];
  for (let at = 0; at + HEADER_BYTES <= bytes.length; ) {
    const end = at + HEADER_BYTES + bytes.readUInt32BE(at + 4);
    pieces.push(bytes.subarray(at + HEADER_BYTES, end));
    at = end;
  }
  return Buffer.concat(pieces).toString('utf8');
}
