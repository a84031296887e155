import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createUnframer } from '@towpath/oci';

/** The text of a container's log without the engine's frames. */
export async function decodeLog(stream: Readable): Promise<string> {
  const frames = createUnframer()(await buffer(stream));
  return Buffer.concat(frames.map(({ body }) => body)).toString('utf8');
}
