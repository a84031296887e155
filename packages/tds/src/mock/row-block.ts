// Rows as they go over the wire, several at once: what the engine gives a session to send.

/** Bytes of ROW tokens, whole ones but for cells of the largest sizes; valid until the next block is asked for. */
export interface RowBlock {
  readonly bytes: Buffer;
  /** Rows that end in this block. */
  readonly rowCount: number;
  /** Where each row ends, from the start of `bytes`. */
  readonly rowEnds: ArrayLike<number>;
}
