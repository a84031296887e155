// How long a fetched secret may be used. Ages are measured from the moment it was asked for: it was true then or later.
import type { SecretDocument } from './secret-provider.ts';

export interface KeptSecret {
  readonly document: SecretDocument;
  /** By the store's clock, when the question left. */
  readonly askedAtMs: number;
}

export interface KeepingPolicy {
  /** A younger value is used without asking. */
  readonly ttlSeconds: number;
  /** How old a value may be that stands in while the provider can't be reached. */
  readonly maxStaleSeconds: number;
}

/** `fresh`: use it. `stale`: only while the provider can't be reached. `spent`: never. */
export type KeptState = 'fresh' | 'stale' | 'spent';

/** The state of a kept value. A clock that went backwards makes its age unknown: then it is spent. */
export function decideKeptState(askedAtMs: number, nowMs: number, policy: KeepingPolicy): KeptState {
  const ageMs = nowMs - askedAtMs;
  if (ageMs < 0) return 'spent';
  if (ageMs < policy.ttlSeconds * 1000) return 'fresh';
  return ageMs <= policy.maxStaleSeconds * 1000 ? 'stale' : 'spent';
}
