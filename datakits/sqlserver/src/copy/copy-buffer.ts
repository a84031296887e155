// The bytes of a COPY BINARY stream under construction. Buffers are reused: a full one goes out through `flush`, which
// hands back the next. COPY data may be cut anywhere, so a value may begin in one buffer and end in the next.

/** Size of one buffer. 256 KiB keeps the number of socket writes low; eight of them in flight are 2 MiB per table. */
export const COPY_BUFFER_BYTES = 256 * 1024;

/** Takes a full buffer (its first `length` bytes count) and gives an empty one of `COPY_BUFFER_BYTES`. */
export type FlushBuffer = (full: Buffer, length: number) => Buffer;

/** A growing COPY stream. Encoders write to `bytes` at `position` themselves after `reserve`; that is the hot path. */
export class CopyBuffer {
  bytes: Buffer;
  position = 0;
  readonly #flush: FlushBuffer;

  constructor(flush: FlushBuffer) {
    this.#flush = flush;
    this.bytes = Buffer.allocUnsafe(COPY_BUFFER_BYTES);
  }

  /** Makes room for `size` bytes (at most a buffer) in one piece and gives the position where they begin. */
  reserve(size: number): number {
    if (this.position + size > COPY_BUFFER_BYTES) this.flush();
    const start = this.position;
    this.position = start + size;
    return start;
  }

  /** Sends what is there. */
  flush(): void {
    if (this.position === 0) return;
    this.bytes = this.#flush(this.bytes, this.position);
    this.position = 0;
  }

  /** A big-endian 32-bit word, signed or unsigned. */
  writeInt32(value: number): void {
    const at = this.reserve(4);
    putInt32(this.bytes, at, value);
  }

  /** A big-endian 16-bit word. */
  writeInt16(value: number): void {
    const at = this.reserve(2);
    this.bytes[at] = value >>> 8;
    this.bytes[at + 1] = value;
  }

  /** Bytes of any length, over as many buffers as it takes. */
  writeBytes(source: Buffer, offset: number, length: number): void {
    let from = offset;
    const end = offset + length;
    while (from < end) {
      if (this.position === COPY_BUFFER_BYTES) this.flush();
      const size = Math.min(end - from, COPY_BUFFER_BYTES - this.position);
      source.copy(this.bytes, this.position, from, from + size);
      this.position += size;
      from += size;
    }
  }
}

/** Writes a big-endian 32-bit word at `at`. */
export function putInt32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
