// Rows as they go over the wire, several at once: what the engine gives a session to send.

/** Whole ROW tokens in a row; the bytes are valid until the next block is asked for. */
export interface RowBlock {
  readonly bytes: Buffer;
  readonly rowCount: number;
  /** Where each row ends, from the start of `bytes`. */
  readonly rowEnds: ArrayLike<number>;
}
