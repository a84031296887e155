// Retention: what is older than an environment keeps it. Age counts from when data was loaded, not from the day it is
// about: what was loaded again yesterday about last year was wanted yesterday.

import type { Sizing } from '../configuration/declaration.ts';

/** Something with an age. */
export interface KeptItem {
  readonly loadedAt: Date;
}

/** What says how long the data of a zone is kept: its own days, or those of all zones. Undefined: for ever. */
export function findRetentionDays(
  { retentionDays, zoneRetentionDays }: Pick<Sizing, 'retentionDays' | 'zoneRetentionDays'>,
  zone: string,
): number | undefined {
  return zoneRetentionDays?.[zone] ?? retentionDays;
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

/** When what is past is deleted by itself: the last time that has come, and the next one. */
export interface RetentionTimes {
  readonly lastAt: Date;
  readonly nextAt: Date;
}

/** For a time of each day, `HH:MM` in UTC: no day has it twice or lacks it. At that very instant it has come. */
export function findRetentionTimes(daily: string, now: Date): RetentionTimes {
  const [hours, minutes] = daily.split(':').map(Number);
  const todayMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate(), hours, minutes);
  const lastMs = todayMs <= now.getTime() ? todayMs : todayMs - DAY_MS;
  return { lastAt: new Date(lastMs), nextAt: new Date(lastMs + DAY_MS) };
}
