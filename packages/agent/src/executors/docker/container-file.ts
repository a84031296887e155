// Small files that an attempt left in its volume, by the engine: the volume need not be on this host.
import type { IncomingMessage } from 'node:http';
import { type DockerEngine, hasStatus } from '@towpath/oci';
import { z } from 'zod';
import { NO_FILE } from '../attempt-folder.ts';

/** As Go counts modes: these bits are set for all that is no regular file. */
const GO_MODE_TYPE = 0x8f_28_00_00;

const PathStat = z.object({ size: z.number(), mode: z.number(), linkTarget: z.string().default('') });

const TAR_HEADER_BYTES = 512;

/** A file of the attempt, at most `maxBytes` + 1 of its bytes; undefined when there is none. @throws EngineError */
export async function readContainerFile(
  engine: DockerEngine,
  containerId: string,
  { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
): Promise<Uint8Array | typeof NO_FILE | undefined> {
  const response = await openArchive(engine, containerId, path);
  if (response === undefined) return undefined;
  try {
    const { size, mode, linkTarget } = readStat(response);
    // Links too: what they lead to may be outside the volume, and an archive holds the link alone.
    if (linkTarget !== '' || (mode & GO_MODE_TYPE) !== 0) return NO_FILE;
    const wanted = Math.min(size, maxBytes + 1);
    const bytes = await readStart(response, TAR_HEADER_BYTES + wanted);
    return bytes.subarray(TAR_HEADER_BYTES, TAR_HEADER_BYTES + wanted);
  } finally {
    response.destroy();
  }
}

async function openArchive(
  engine: DockerEngine,
  containerId: string,
  path: string,
): Promise<IncomingMessage | undefined> {
  try {
    return await engine.open({ method: 'GET', path: `/containers/${containerId}/archive`, query: { path } });
  } catch (thrown) {
    if (hasStatus(thrown, 404)) return undefined;
    throw thrown;
  }
}

function readStat(response: IncomingMessage): z.infer<typeof PathStat> {
  const header = String(response.headers['x-docker-container-path-stat'] ?? '');
  return PathStat.parse(JSON.parse(Buffer.from(header, 'base64').toString('utf8')));
}

async function readStart(response: IncomingMessage, byteCount: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= byteCount) break;
  }
  return Buffer.concat(chunks);
}
