// A cell too large for memory, on disk until its row is written. The file has no name any more when the first byte goes in,
// so it is gone with the process, however that ends.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes read back at once. A multiple of two, so that a code unit of UTF-16 is never cut. */
const SPOOL_PIECE_BYTES = 64 * 1024;

/** One cell; whoever opens it closes it. */
export class CellSpool {
  /** Bytes so far. */
  size = 0;
  readonly #file: number;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'cell-'));
    this.#file = openSync(join(folder, 'cell'), 'wx+', 0o600);
    rmSync(folder, { recursive: true });
  }

  append(buffer: Buffer, offset: number, length: number): void {
    for (let done = 0; done < length; ) done += writeSync(this.#file, buffer, offset + done, length - done);
    this.size += length;
  }

  /** Reads up to `SPOOL_PIECE_BYTES` from `position` into `piece`; gives how many. */
  read(piece: Buffer, position: number): number {
    const wanted = Math.min(SPOOL_PIECE_BYTES, this.size - position);
    let done = 0;
    while (done < wanted) {
      const count = readSync(this.#file, piece, done, wanted - done, position + done);
      if (count === 0) throw new Error(`A spooled cell ended after ${position + done} of ${this.size} bytes.`);
      done += count;
    }
    return done;
  }

  /** All bytes at once; for cells that memory can hold. */
  readAll(): Buffer {
    const all = Buffer.allocUnsafe(this.size);
    for (let at = 0; at < this.size; ) at += this.read(all.subarray(at), at);
    return all;
  }

  close(): void {
    closeSync(this.#file);
  }
}
