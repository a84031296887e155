// How long a fetched secret may be used. Ages are measured from the moment it was asked for: it was true then or later.
import type { SecretDocument } from './secret-provider.ts';

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

/** Values by name, in memory only. */
export interface KeptSecrets {
  keep(name: string, document: SecretDocument, askedAtMs: number): void;
  findFresh(name: string): SecretDocument | undefined;
  /** Also what is stale. */
  findUsable(name: string): SecretDocument | undefined;
  forget(name: string): void;
  /**
   * Forgets a value that a consumer was refused with: true when it did. At most once per time to live and name, else a
   * consumer that is refused for a reason of its own would turn every start into a question.
   */
  forgetRefused(name: string): boolean;
  /** Forgets what is spent. */
  forgetSpent(): void;
  clear(): void;
}

/** Keeps values by the policy. */
export function createKeptSecrets(policy: KeepingPolicy, clock: () => number): KeptSecrets {
  const kept = new Map<string, { readonly document: SecretDocument; readonly askedAtMs: number }>();
  const refusedAtMs = new Map<string, number>();
  const find = (name: string, states: readonly KeptState[]) => {
    const entry = kept.get(name);
    return entry !== undefined && states.includes(decideKeptState(entry.askedAtMs, clock(), policy))
      ? entry.document
      : undefined;
  };
  return {
    keep: (name, document, askedAtMs) => void kept.set(name, { document, askedAtMs }),
    findFresh: (name) => find(name, ['fresh']),
    findUsable: (name) => find(name, ['fresh', 'stale']),
    forget: (name) => void kept.delete(name),
    forgetRefused: (name) => {
      const lastMs = refusedAtMs.get(name) ?? Number.NEGATIVE_INFINITY;
      if (clock() - lastMs < policy.ttlSeconds * 1000) return false;
      refusedAtMs.set(name, clock());
      kept.delete(name);
      return true;
    },
    forgetSpent: () => {
      for (const name of kept.keys()) if (find(name, ['fresh', 'stale']) === undefined) kept.delete(name);
    },
    clear: () => kept.clear(),
  };
}
