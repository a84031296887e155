// A shim that was started and waits for its word; nothing of an attempt runs before it.
import { getBootId, getUptimeSeconds } from '../../host/boot.ts';
import type { ProcessIdentity } from '../../host/process-identity.ts';
import type { ShimFile } from './process-record.ts';
import type { ShimWatch } from './shim-watch.ts';

export interface StartedShim {
  readonly identity: ProcessIdentity;
  readonly watch: ShimWatch;
  /** Says its one word and closes its input. */
  say(word: string): void;
  /** Closes its input without a word: it ends, and nothing was started. */
  dismiss(): void;
  hasEnded(): boolean;
}

/** What is recorded of a shim; its time begins now. */
export function toShimFile({ identity }: StartedShim, epoch: number): ShimFile {
  return { ...identity, epoch, bootId: getBootId(), startedAtUptime: getUptimeSeconds() };
}
