// The seam behind which a target says whose it is.
import type { TargetMarker } from '@towpath/core';

/** One place that data is written to. */
export interface TargetStore {
  /** What it is, for people, without a secret: `postgres 127.0.0.1:5432/bronze`. */
  readonly place: string;
  /** Tells it from every other place: of two with one key the marker is the same. */
  readonly key: string;
  /**
   * The marker; undefined: nobody has claimed it.
   *
   * @throws TowpathError `TARGET_UNREACHABLE`; of a bucket also `TARGET_MISSING`, `TARGET_DENIED`
   */
  readMarker(): Promise<TargetMarker | undefined>;
  /**
   * Sets the marker unless there is one, and returns the one that stands: of two who claim at once one wins.
   *
   * @throws TowpathError `TARGET_UNREACHABLE`, `TARGET_CLAIM_FAILED`; of a bucket also `TARGET_MISSING`, `TARGET_DENIED`
   */
  claim(marker: TargetMarker, by: string): Promise<TargetMarker>;
}
