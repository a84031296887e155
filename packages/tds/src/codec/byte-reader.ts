// Reads little-endian values with bounds checked. Running past the end throws `MoreBytesNeeded`, which a streaming caller
// takes as "wait for the next packet" and a caller with a whole message turns into a protocol error.

/** Thrown when a value reaches beyond the bytes at hand. One instance: it carries nothing and its stack is of no use. */
export class MoreBytesNeeded extends Error {}

const moreBytesNeeded = new MoreBytesNeeded('more bytes needed');

/** A position in a buffer; every read moves it forward. */
export class ByteReader {
  readonly buffer: Buffer;
  position: number;
  readonly end: number;

  constructor(buffer: Buffer, position = 0, end = buffer.length) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  /** Moves over `count` bytes and returns where they began. */
  skip(count: number): number {
    const start = this.position;
    if (start + count > this.end) throw moreBytesNeeded;
    this.position = start + count;
    return start;
  }

  u8(): number {
    return this.buffer.readUInt8(this.skip(1));
  }

  u16(): number {
    return this.buffer.readUInt16LE(this.skip(2));
  }

  u16be(): number {
    return this.buffer.readUInt16BE(this.skip(2));
  }

  u32(): number {
    return this.buffer.readUInt32LE(this.skip(4));
  }

  i32(): number {
    return this.buffer.readInt32LE(this.skip(4));
  }

  u64(): bigint {
    return this.buffer.readBigUInt64LE(this.skip(8));
  }

  /** A view of the next `count` bytes, not a copy. */
  bytes(count: number): Buffer {
    const start = this.skip(count);
    return this.buffer.subarray(start, start + count);
  }

  /** `characters` UTF-16 code units. */
  utf16(characters: number): string {
    const start = this.skip(characters * 2);
    return this.buffer.toString('utf16le', start, start + characters * 2);
  }

  /** B_VARCHAR: one byte of length in characters, then UTF-16 (MS-TDS 2.2.5.1.2). */
  byteText(): string {
    return this.utf16(this.u8());
  }

  /** US_VARCHAR: two bytes of length in characters, then UTF-16 (MS-TDS 2.2.5.1.2). */
  shortText(): string {
    return this.utf16(this.u16());
  }
}
