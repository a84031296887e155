// Writes little-endian values into a buffer that grows.

const INITIAL_BYTES = 1024;

/** Grows as needed (so room is reserved before `this.buffer` is looked at); `take` hands out what was written and starts afresh. */
export class ByteWriter {
  private buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  private used = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.used;
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.buffer.writeUInt8(value, at);
    return this;
  }

  u16(value: number): this {
    const at = this.reserve(2);
    this.buffer.writeUInt16LE(value, at);
    return this;
  }

  u16be(value: number): this {
    const at = this.reserve(2);
    this.buffer.writeUInt16BE(value, at);
    return this;
  }

  i16(value: number): this {
    const at = this.reserve(2);
    this.buffer.writeInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeUInt32LE(value, at);
    return this;
  }

  u32be(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeUInt32BE(value, at);
    return this;
  }

  i32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeInt32LE(value, at);
    return this;
  }

  i64(value: bigint): this {
    const at = this.reserve(8);
    this.buffer.writeBigInt64LE(value, at);
    return this;
  }

  u64(value: bigint): this {
    const at = this.reserve(8);
    this.buffer.writeBigUInt64LE(value, at);
    return this;
  }

  /** An unsigned integer of `count` bytes, at most 6. */
  uint(value: number, count: number): this {
    const at = this.reserve(count);
    this.buffer.writeUIntLE(value, at, count);
    return this;
  }

  f32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeFloatLE(value, at);
    return this;
  }

  f64(value: number): this {
    const at = this.reserve(8);
    this.buffer.writeDoubleLE(value, at);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.reserve(value.length);
    this.buffer.set(value, at);
    return this;
  }

  utf16(text: string): this {
    return this.bytes(Buffer.from(text, 'utf16le'));
  }

  /** B_VARCHAR (MS-TDS 2.2.5.1.2); longer text is cut at 255 characters. */
  byteText(text: string): this {
    const cut = text.slice(0, 255);
    return this.u8(cut.length).utf16(cut);
  }

  /** US_VARCHAR (MS-TDS 2.2.5.1.2); longer text is cut at 65,535 characters. */
  shortText(text: string): this {
    const cut = text.slice(0, 65_535);
    return this.u16(cut.length).utf16(cut);
  }

  /** Overwrites two bytes written before, for lengths known only afterwards. */
  patchU16(position: number, value: number): void {
    this.buffer.writeUInt16LE(value, position);
  }

  /** What was written; the writer is empty afterwards. */
  take(): Buffer {
    const written = Buffer.from(this.buffer.subarray(0, this.used));
    this.used = 0;
    return written;
  }

  /** The first `count` bytes, not a copy: valid until the next write. */
  view(count: number): Buffer {
    return this.buffer.subarray(0, count);
  }

  /** Forgets the first `count` bytes. */
  dropFront(count: number): void {
    this.buffer.copyWithin(0, count, this.used);
    this.used -= count;
  }

  private reserve(count: number): number {
    const start = this.used;
    if (start + count > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, start + count));
      this.buffer.copy(grown, 0, 0, start);
      this.buffer = grown;
    }
    this.used = start + count;
    return start;
  }
}
