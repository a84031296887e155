// Wall clocks of IANA zones. A local time is written as the milliseconds it would be in UTC; that is how it can be counted with.

const DAY_MS = 24 * 3600 * 1000;
/** Instants at which zones change their offset are whole seconds. */
const SECOND_MS = 1000;

/** True for names such as `Europe/London` and `UTC`. Offsets (`+02:00`) are no zones: they know no daylight saving. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    getFormat(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clock of a zone shows at an instant. */
export function toLocalMs(instantMs: number, timeZone: string): number {
  const parts = new Map(
    getFormat(timeZone)
      .formatToParts(instantMs)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const seconds = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return seconds + (((instantMs % SECOND_MS) + SECOND_MS) % SECOND_MS);
}

/**
 * The first instant at which the clock of a zone shows this time or a later one. A time that is shown twice is taken where
 * it is shown first; one that is skipped becomes the instant at which the clock is put forward.
 */
export function toInstantMs(localMs: number, timeZone: string): number {
  // No zone changes twice within two days, so one of these offsets is in force.
  const offsets = [localMs - DAY_MS, localMs + DAY_MS].map((instant) => toLocalMs(instant, timeZone) - instant);
  const candidates = offsets.map((offset) => localMs - offset).sort((a, b) => a - b);
  const shown = candidates.find((instant) => toLocalMs(instant, timeZone) === localMs);
  if (shown !== undefined) return shown;
  const [before = localMs, after = localMs] = candidates;
  return findClockChange(before, after, (instant) => toLocalMs(instant, timeZone) >= localMs);
}

/** The calendar day that a zone has at an instant: `2026-11-25`. */
export function formatLocalDay(instantMs: number, timeZone: string): string {
  return new Date(toLocalMs(instantMs, timeZone)).toISOString().slice(0, 10);
}

// `isAfter` is false at `low` and true at `high`.
function findClockChange(low: number, high: number, isAfter: (instant: number) => boolean): number {
  if (high - low <= SECOND_MS) return high;
  const middle = low + Math.ceil((high - low) / 2 / SECOND_MS) * SECOND_MS;
  return isAfter(middle) ? findClockChange(low, middle, isAfter) : findClockChange(middle, high, isAfter);
}

/** Making a format takes about 50 µs, using one 2 µs: a board of a thousand schedules asks for ten thousand times. */
const formats = new Map<string, Intl.DateTimeFormat>();

function getFormat(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}
