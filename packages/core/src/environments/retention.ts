// Retention: what is older than an environment keeps it. Age counts from when data was loaded, not from the day it is
// about: what was loaded again yesterday about last year was wanted yesterday.

/** Something with an age. */
export interface KeptItem {
  readonly loadedAt: Date;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Instant before which data is past its time. A day is 24 hours, whatever a clock was set to meanwhile. */
export function getRetentionCutoff(now: Date, retentionDays: number): Date {
  return new Date(now.getTime() - retentionDays * DAY_MS);
}

/** True for what was loaded before the cutoff; what was loaded at that very instant stays. */
export function isPastRetention({ loadedAt }: KeptItem, cutoff: Date): boolean {
  return loadedAt.getTime() < cutoff.getTime();
}
