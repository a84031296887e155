// The bytes of a COPY BINARY stream under construction. Buffers are reused: a full one goes out through `flush`, which
// hands back the next. Only whole rows go out, so that a row found bad at its last cell can be taken back.

/** Size of one buffer. 256 KiB keeps the number of socket writes low; eight of them in flight are 2 MiB per table. */
export const COPY_BUFFER_BYTES = 256 * 1024;

/** Takes a full buffer (its first `length` bytes count) and gives an empty one of `COPY_BUFFER_BYTES`. */
export type FlushBuffer = (full: Buffer, length: number) => Buffer;

/** A growing COPY stream. Encoders write to `bytes` at `position` themselves after `reserve`; that is the hot path. */
export class CopyBuffer {
  bytes: Buffer;
  position = 0;
  readonly #flush: FlushBuffer;
  /** Where the row under construction begins in `bytes`. */
  #rowStart = 0;
  /** Full buffers of a row that is larger than one; they go out when the row is done. */
  #held: { readonly bytes: Buffer; readonly length: number }[] = [];

  constructor(flush: FlushBuffer) {
    this.#flush = flush;
    this.bytes = Buffer.allocUnsafe(COPY_BUFFER_BYTES);
  }

  /** The row is whole: from now on it can't be taken back. */
  endRow(): void {
    if (this.#held.length > 0) this.#sendHeld();
    this.#rowStart = this.position;
  }

  /** Forgets everything since the last `endRow`. */
  dropRow(): void {
    this.position = this.#held.length > 0 ? 0 : this.#rowStart;
    this.#held = [];
    this.#rowStart = this.position;
  }

  /** Makes room for `size` bytes (at most a buffer) in one piece and gives the position where they begin. */
  reserve(size: number): number {
    if (this.position + size > COPY_BUFFER_BYTES) this.#makeRoom(size);
    const start = this.position;
    this.position = start + size;
    return start;
  }

  /** Sends the whole rows that are there. */
  flush(): void {
    if (this.#rowStart > 0) this.#sendRows();
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
      if (this.position === COPY_BUFFER_BYTES) this.#makeRoom(1);
      const size = Math.min(end - from, COPY_BUFFER_BYTES - this.position);
      source.copy(this.bytes, this.position, from, from + size);
      this.position += size;
      from += size;
    }
  }

  #makeRoom(size: number): void {
    this.flush();
    if (this.position + size > COPY_BUFFER_BYTES) this.#holdBuffer();
  }

  /** Sends the whole rows and moves the begun one to the front of the next buffer. */
  #sendRows(): void {
    const sent = this.bytes;
    const { position } = this;
    this.bytes = this.#flush(sent, this.#rowStart);
    sent.copy(this.bytes, 0, this.#rowStart, position);
    this.position = position - this.#rowStart;
    this.#rowStart = 0;
  }

  #holdBuffer(): void {
    this.#held.push({ bytes: this.bytes, length: this.position });
    this.bytes = Buffer.allocUnsafe(COPY_BUFFER_BYTES);
    this.position = 0;
  }

  #sendHeld(): void {
    const rest = { bytes: this.bytes, length: this.position };
    for (const { bytes, length } of this.#held) this.#flush(bytes, length);
    this.#held = [];
    this.bytes = rest.bytes;
    this.position = rest.length;
  }
}

/** Writes a big-endian 32-bit word at `at`. */
export function putInt32(bytes: Buffer, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
