// A69: when an environment takes promotions next, by its freezes and its weekly windows together.
import { type Closings, findNextOpen, MAX_DAYS_AHEAD } from './find-closures.ts';
import { findNextWindow, type WeeklyWindow } from './weekly-windows.ts';

/** Everything that says when an environment is open. */
export interface Opening {
  readonly closings: Closings;
  readonly windows: readonly WeeklyWindow[];
}

const DAY_MS = 24 * 3600 * 1000;

/** The first instant from this one on that is in a window and in no freeze; null: not while a freeze lasts, or within two years. */
export function findNextOpening({ closings, windows }: Opening, fromMs: number): number | null {
  const lastMs = fromMs + MAX_DAYS_AHEAD * DAY_MS;
  for (let atMs = fromMs; atMs <= lastMs; ) {
    const windowMs = findNextWindow(windows, atMs);
    if (windowMs === null) return null;
    const openMs = findNextOpen(closings, windowMs);
    if (openMs === null || openMs === windowMs) return openMs;
    atMs = openMs;
  }
  return null;
}
