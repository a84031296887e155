// The output of a container, out of the engine's own log into the file from which it is shipped. That file's length says how
// much was read before, by whichever agent: the engine is asked for the whole log and the beginning is passed over. So no byte is
// lost or doubled, and no time of day decides.
import { appendFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type DockerEngine, toAway } from './docker-engine.ts';

export interface LogCopy {
  readonly engine: DockerEngine;
  readonly containerId: string;
  /** Appended to. */
  readonly path: string;
  /** Bytes of the container's output that lie there already. */
  readonly copiedBytes: number;
  /** Wait for more until the container ends. */
  readonly isFollowing: boolean;
  readonly signal: AbortSignal;
}

/** Appends what is missing. What was read before an error stays. @throws EngineError, or why the file can't be written */
export async function copyLog(copy: LogCopy): Promise<void> {
  const { engine, containerId, isFollowing, signal } = copy;
  const query = { stdout: true, stderr: true, follow: isFollowing };
  const stream = await engine.open({ method: 'GET', path: `/containers/${containerId}/logs`, query, signal });
  let toSkip = copy.copiedBytes;
  const unframe = createUnframer();
  for await (const chunk of readChunks(stream)) {
    const bytes = unframe(chunk);
    const fresh = bytes.subarray(Math.min(toSkip, bytes.length));
    toSkip -= bytes.length - fresh.length;
    if (fresh.length > 0) await appendFile(copy.path, fresh, { mode: 0o600 });
  }
}

async function* readChunks(stream: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (thrown) {
    throw toAway(thrown);
  }
}

const HEADER_BYTES = 8;
/** Where the header has the length, in big-endian order; before it stands which stream it is. */
const LENGTH_AT = 4;

/** Takes the engine's frames off a stream that is cut anywhere; frames of both streams are joined in their order. */
export function createUnframer(): (chunk: Buffer) => Buffer {
  let header = Buffer.alloc(0);
  let left = 0;
  return (chunk) => {
    const parts: Buffer[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const taken = chunk.subarray(at, at + HEADER_BYTES - header.length);
        header = Buffer.concat([header, taken]);
        at += taken.length;
        if (header.length < HEADER_BYTES) break;
        left = header.readUInt32BE(LENGTH_AT);
        header = Buffer.alloc(0);
      }
      const body = chunk.subarray(at, at + left);
      parts.push(body);
      at += body.length;
      left -= body.length;
    }
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  };
}
