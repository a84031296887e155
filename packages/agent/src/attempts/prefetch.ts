// Prefetch: how many attempts an agent asks for beyond its slots: as many as would begin within a moment if the next ones are as short as the
// last ones were. A slot then goes on at once instead of waiting for a report and its answer, and both carry several attempts.

/** What a request asks for. */
export interface Asked {
  readonly slots: number;
  /** So many of them are prefetched: no slot is free for them. */
  readonly ahead: number;
}

export interface Prefetch {
  /** How many more than the slots may be held now. */
  count(): number;
  /** One ended that took so long, in milliseconds. */
  noteEnd(tookMs: number): void;
  /** One waited for too long: what comes now is not like what was. */
  forget(): void;
}

/** What is prefetched should begin within this time. */
const BEGINS_WITHIN_MS = 100;
/** Longer attempts gain nothing: a report and its answer take some 10 ms. */
const LONGEST_MS = 200;
/** Per slot, however short they are. */
const MOST_PER_SLOT = 3;
/** What ended before says nothing of what comes now. */
const REMEMBERED_MS = 5_000;
/** One short attempt says nothing of the next one. */
const LEAST_SEEN = 8;

/** Creates the rule for so many slots; nothing is prefetched before enough has ended. */
export function createPrefetch(slots: number): Prefetch {
  const seen = Math.max(slots, LEAST_SEEN);
  const took: number[] = [];
  let lastAtMs = -Infinity;
  const isRecent = (): boolean => performance.now() - lastAtMs <= REMEMBERED_MS;
  return {
    count: () => (took.length < seen || !isRecent() ? 0 : countFor(slots, took)),
    noteEnd: (tookMs) => {
      took.push(tookMs);
      lastAtMs = performance.now();
      if (took.length > seen) took.shift();
    },
    forget: () => {
      took.length = 0;
    },
  };
}

function countFor(slots: number, took: readonly number[]): number {
  if (Math.max(...took) > LONGEST_MS) return 0;
  const meanMs = Math.max(1, took.reduce((sum, one) => sum + one, 0) / took.length);
  return Math.min(MOST_PER_SLOT * slots, Math.floor((slots * BEGINS_WITHIN_MS) / meanMs));
}
