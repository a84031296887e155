const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Formats a duration so that short ones keep their meaning: `132 ms`, `1.3 s`, `4 min 05 s`, `2 h 07 min`. */
export function formatDuration(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min ${pad((ms % MINUTE_MS) / SECOND_MS)} s`;
  return `${Math.floor(ms / HOUR_MS)} h ${pad((ms % HOUR_MS) / MINUTE_MS)} min`;
}

function pad(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** Duration between two instants of the API; undefined while one is missing. */
export function durationBetween(from: string | null, to: string | null): string {
  return from === null || to === null ? '' : formatDuration(Date.parse(to) - Date.parse(from));
}
