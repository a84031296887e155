// The output of a container, out of the engine's own log into the file from which it is shipped. That file's length says how
// much was read before, by whichever agent: the engine is asked for the whole log and the beginning is passed over. So no byte is
// lost or doubled, and no time of day decides.
import { appendFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { type DockerEngine, toAway } from '@towpath/oci';
import { createLogDecoder } from './log-decoder.ts';

export interface LogCopy {
  readonly engine: DockerEngine;
  readonly containerId: string;
  /** Appended to. */
  readonly path: string;
  /** Bytes of the container's output that lie there already. */
  readonly copiedBytes: number;
  /** Wait for more until the container ends; false: it has ended. */
  readonly isFollowing: boolean;
  readonly signal: AbortSignal;
}

/** Appends what is missing. What was read before an error stays. @throws EngineError, or why the file can't be written */
export async function copyLog({ engine, containerId, path, ...copy }: LogCopy): Promise<void> {
  const { isFollowing, signal } = copy;
  const query = { stdout: true, stderr: true, timestamps: true, follow: isFollowing };
  const stream = await engine.open({ method: 'GET', path: `/containers/${containerId}/logs`, query, signal });
  let toSkip = copy.copiedBytes;
  const write = async (bytes: Buffer): Promise<void> => {
    const fresh = bytes.subarray(Math.min(toSkip, bytes.length));
    toSkip -= bytes.length - fresh.length;
    if (fresh.length > 0) await appendFile(path, fresh, { mode: 0o600 });
  };
  const decoder = createLogDecoder();
  for await (const chunk of readChunks(stream)) await write(decoder.decode(chunk));
}

async function* readChunks(stream: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* stream;
  } catch (thrown) {
    throw toAway(thrown);
  }
}
