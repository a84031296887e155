// The bytes of a response not yet understood: one contiguous buffer, so that a row cut by packets lies in one piece.

const INITIAL_BYTES = 128 * 1024;
/** Largest response kept without being understood: several cells of the largest size; beyond that the server is broken. */
const MAX_BYTES = 0x7fff_0000;

/** Appended at the end, consumed from the front; moves its rest to the front when room runs out. */
export class ByteQueue {
  buffer = Buffer.allocUnsafe(INITIAL_BYTES);
  start = 0;
  end = 0;

  /** Copies `chunk[from, to)` to the end. */
  append(chunk: Buffer, from: number, to: number): void {
    const count = to - from;
    if (this.end + count > this.buffer.length) this.makeRoom(count);
    chunk.copy(this.buffer, this.end, from, to);
    this.end += count;
  }

  /** Forgets everything before `position`. */
  consumeTo(position: number): void {
    this.start = position;
    if (this.start === this.end) {
      this.start = 0;
      this.end = 0;
      // A response with one huge row shouldn't hold its memory for the rest of the connection.
      if (this.buffer.length > INITIAL_BYTES * 64) this.buffer = Buffer.allocUnsafe(INITIAL_BYTES);
    }
  }

  private makeRoom(count: number): void {
    const used = this.end - this.start;
    if (used + count > MAX_BYTES) throw new RangeError(`A row needs more than ${MAX_BYTES} bytes.`);
    const size = used + count > this.buffer.length / 2 ? Math.max(this.buffer.length * 2, used + count) : 0;
    const target = size > 0 ? Buffer.allocUnsafe(size) : this.buffer;
    this.buffer.copy(target, 0, this.start, this.end);
    this.buffer = target;
    this.start = 0;
    this.end = used;
  }
}
