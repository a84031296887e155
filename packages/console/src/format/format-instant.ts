// Instants for people. What is none (a newer server, a text that only looks like one) is shown as it is: it must not break a page.
const STEPS = [
  { below: 60, size: 1, unit: 's' },
  { below: 3600, size: 60, unit: 'min' },
  { below: 86_400, size: 3600, unit: 'h' },
  { below: 30 * 86_400, size: 86_400, unit: 'd' },
] as const;

/** Below this many seconds a distance is noise (clocks of browser and server differ too). */
const JUST_NOW_SECONDS = 3;

/** How far an instant (RFC 3339) is from `nowMs`: `just now`, `12 s ago`, `3 min ago`, `in 2 h`; beyond 30 days its date. */
export function formatRelative(instant: string, nowMs: number): string {
  if (!isInstant(instant)) return instant;
  const seconds = Math.round((nowMs - Date.parse(instant)) / 1000);
  const distance = Math.abs(seconds);
  if (distance < JUST_NOW_SECONDS) return 'just now';
  const step = STEPS.find((candidate) => distance < candidate.below);
  if (!step) return instant.slice(0, 10);
  const text = `${Math.floor(distance / step.size)} ${step.unit}`;
  return seconds > 0 ? `${text} ago` : `in ${text}`;
}

/** How long ago an instant (RFC 3339) was, as a length, at least a second: `3 s`, `2 h`, `45 d`. */
export function formatElapsed(instant: string, nowMs: number): string {
  if (!isInstant(instant)) return instant;
  const seconds = Math.max(1, Math.round((nowMs - Date.parse(instant)) / 1000));
  const { size, unit } = STEPS.find(({ below }) => seconds < below) ?? STEPS[3];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** The exact instant with its zone: `2026-11-21 10:54:39.123 GMT+1 (Europe/Berlin)`. */
export function formatExact(instant: string, timeZone: string): string {
  if (!isInstant(instant)) return instant;
  const parts = new Map(
    exactFormat(timeZone)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const day = `${part('year')}-${part('month')}-${part('day')}`;
  const time = `${part('hour')}:${part('minute')}:${part('second')}.${part('fractionalSecond')}`;
  return `${day} ${time} ${part('timeZoneName')} (${timeZone})`;
}

/** Day, minute and weekday in a zone: `Sat 2026-11-21 10:54`. */
export function formatMinute(instant: string, timeZone: string): string {
  if (!isInstant(instant)) return instant;
  const weekday = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short' }).format(new Date(instant));
  return `${weekday} ${formatExact(instant, timeZone).slice(0, 16)}`;
}

/** Time of the day in a zone: `10:54:39`. */
export function formatClock(instant: string, timeZone: string): string {
  return isInstant(instant) ? formatExact(instant, timeZone).slice(11, 19) : instant;
}

function isInstant(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

/** The zone this browser is set to. */
export function browserTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const exactFormats = new Map<string, Intl.DateTimeFormat>();

/** Making one takes longer than using it, and a long list uses hundreds. */
function exactFormat(timeZone: string): Intl.DateTimeFormat {
  const known = exactFormats.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  });
  exactFormats.set(timeZone, made);
  return made;
}

const WEEK_MS = 7 * 86_400 * 1000;

/** A moment to come: `Mon 09:00` within a week, `Tue 2026-12-22 09:00` beyond. */
export function formatNext(instant: string, nowMs: number, timeZone: string): string {
  const minute = formatMinute(instant, timeZone);
  const isNear = Math.abs(Date.parse(instant) - nowMs) < WEEK_MS - 43_200_000;
  return isNear ? `${minute.slice(0, 3)} ${minute.slice(-5)}` : minute;
}
