/** A running part. */
export interface Part {
  close(): Promise<void>;
}
