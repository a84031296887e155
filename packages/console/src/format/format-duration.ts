const SECOND_MS = 1000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
const DAY_SECONDS = 86_400;

/** A length of time (ms) for a person: `132 ms`, `1.3 s`, `4 min 05 s`, `2 h 04 min`, `3 d 07 h`. Below zero is `0 ms`. */
export function formatDuration(durationMs: number): string {
  const milliseconds = Math.max(0, Math.round(durationMs));
  if (milliseconds < SECOND_MS) return `${milliseconds} ms`;
  const tenths = Math.round(milliseconds / 100) / 10;
  if (tenths < MINUTE_SECONDS) return `${tenths.toFixed(1)} s`;
  return formatLong(Math.round(milliseconds / SECOND_MS));
}

function formatLong(seconds: number): string {
  if (seconds < HOUR_SECONDS) return joinUnits(seconds, { size: MINUTE_SECONDS, unit: 'min' }, { size: 1, unit: 's' });
  if (seconds < DAY_SECONDS) {
    return joinUnits(seconds, { size: HOUR_SECONDS, unit: 'h' }, { size: MINUTE_SECONDS, unit: 'min' });
  }
  return joinUnits(seconds, { size: DAY_SECONDS, unit: 'd' }, { size: HOUR_SECONDS, unit: 'h' });
}

interface Unit {
  readonly size: number;
  readonly unit: string;
}

function joinUnits(seconds: number, large: Unit, small: Unit): string {
  const rest = Math.floor((seconds % large.size) / small.size);
  return `${Math.floor(seconds / large.size)} ${large.unit} ${String(rest).padStart(2, '0')} ${small.unit}`;
}

/** Time between two instants (RFC 3339) in ms; an end that is not there yet is `nowMs`. */
export function measureMs(startedAt: string, finishedAt: string | null, nowMs: number): number {
  return (finishedAt ? Date.parse(finishedAt) : nowMs) - Date.parse(startedAt);
}
