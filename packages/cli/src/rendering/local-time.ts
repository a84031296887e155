import { toLocalMs } from '@towpath/core';

/** Formats an instant as a clock of the zone shows it: `2026-11-26 02:30`. */
export function formatLocalTime(instant: string, timeZone: string): string {
  return new Date(toLocalMs(Date.parse(instant), timeZone)).toISOString().slice(0, 16).replace('T', ' ');
}
