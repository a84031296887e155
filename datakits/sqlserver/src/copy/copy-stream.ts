// A COPY … FROM STDIN fed with reused buffers. pg-copy-streams 7 speaks the protocol; a buffer comes back when its write
// calls back, which for a buffer this large is after the socket has taken its last byte.
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { COPY_BUFFER_BYTES } from './copy-buffer.ts';

// About 2 MiB on the way hide the pauses of either side (measured before: 512k rows/s with eight of 256 KiB).
const MAX_IN_FLIGHT = 8;

/** One running COPY. Whoever opens it ends it with `finish` or `abort`. */
export class CopyStream {
  /** Bytes handed over so far. */
  byteCount = 0;
  readonly #stream: ReturnType<typeof copyFrom>;
  readonly #free: Buffer[] = [];
  readonly #closed: Promise<void>;
  #inFlight = 0;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(client: Client, sql: string) {
    this.#stream = client.query(copyFrom(sql));
    this.#closed = new Promise((resolve) => {
      this.#stream.once('finish', resolve);
      this.#stream.on('error', (error: Error) => {
        this.#failure ??= error;
        this.#wake?.();
        resolve();
      });
    });
  }

  /** Sends the first `length` bytes and gives a free buffer. Throws what the COPY failed with. */
  send(full: Buffer, length: number): Buffer {
    if (this.#failure) throw this.#failure;
    this.byteCount += length;
    this.#inFlight++;
    this.#stream.write(length === full.length ? full : full.subarray(0, length), () => this.#reclaim(full));
    return this.#free.pop() ?? Buffer.allocUnsafe(COPY_BUFFER_BYTES);
  }

  /** Undefined while more may be sent, else a promise of that; rejects with what the COPY failed with. */
  drain(): Promise<void> | undefined {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#inFlight < MAX_IN_FLIGHT) return undefined;
    return new Promise((resolve, reject) => {
      this.#wake = () => {
        this.#wake = undefined;
        if (this.#failure) reject(this.#failure);
        else resolve();
      };
    });
  }

  /** Ends the COPY; gives the number of rows the database took. */
  async finish(): Promise<number> {
    this.#stream.end();
    await this.#closed;
    if (this.#failure) throw this.#failure;
    return this.#stream.rowCount;
  }

  /** Makes the database forget the rows; resolves when it answered, or when its connection is gone. */
  async abort(reason: string): Promise<void> {
    if (this.#failure) return;
    this.#stream.destroy(new Error(reason));
    await this.#closed;
  }

  #reclaim(buffer: Buffer): void {
    this.#inFlight--;
    if (this.#free.length < MAX_IN_FLIGHT) this.#free.push(buffer);
    if (this.#inFlight <= MAX_IN_FLIGHT / 2) this.#wake?.();
  }
}
