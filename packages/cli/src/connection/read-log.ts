// Logs by byte offset: what is printed is exactly what was written, once.
import { type Client, LOG_COMPLETE_HEADER, ReadLog } from '@towpath/api';

/** Longest wait of one request for more bytes. */
const WAIT_MS = 20_000;

/** Pause after a request that failed while following; the server may be restarting. */
const RECONNECT_MS = 500;

type Write = (bytes: Uint8Array) => void;

/** Writes all bytes there are now, from `from` on. */
export async function readLog(client: Client, attemptId: string, write: Write, from = 0): Promise<void> {
  let offset = from;
  for (;;) {
    const { bytes } = await readPage(client, attemptId, offset, { waitMs: 0 });
    if (bytes.length === 0) return;
    write(bytes);
    offset += bytes.length;
  }
}

/** Writes all bytes until the log is complete or `signal` is aborted; a lost connection is resumed at the offset. */
export async function followLog(client: Client, attemptId: string, signal: AbortSignal, write: Write): Promise<void> {
  let offset = 0;
  let isComplete = false;
  while (!isComplete && !signal.aborted) {
    const page = await readPage(client, attemptId, offset, { waitMs: WAIT_MS, signal }).catch(async () => {
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
      return { bytes: new Uint8Array(), isComplete: false };
    });
    if (page.bytes.length > 0) write(page.bytes);
    offset += page.bytes.length;
    isComplete = page.isComplete && page.bytes.length === 0;
  }
}

interface Page {
  readonly bytes: Uint8Array;
  readonly isComplete: boolean;
}

async function readPage(
  client: Client,
  attemptId: string,
  offset: number,
  options: { readonly waitMs: number; readonly signal?: AbortSignal },
): Promise<Page> {
  const response = await client.send(ReadLog, {
    params: { attemptId },
    query: { offset, waitMs: options.waitMs },
    ...(options.signal && { signal: options.signal }),
  });
  return {
    bytes: new Uint8Array(await response.arrayBuffer()),
    isComplete: response.headers.get(LOG_COMPLETE_HEADER) === 'true',
  };
}
