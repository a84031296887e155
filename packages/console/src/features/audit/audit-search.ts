// What the URL of the audit says: it is the only place the filter is kept.
export interface AuditSearch {
  readonly actor?: string | undefined;
  /** A whole word (`run.started`) or what stands before its dot (`run`). */
  readonly action?: string | undefined;
  /** A subject's id or name. */
  readonly subject?: string | undefined;
  /** Anywhere in an entry, whatever the case. */
  readonly text?: string | undefined;
  /** Days back from now. */
  readonly days?: number | undefined;
  /** First and last day, by the clock of whoever looks: `2026-01-31`. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** Spans that are offered. */
export const AUDIT_DAYS = [1, 7, 30, 90] as const;

/** Parses the search part of `/audit`; what it doesn't know is left out. */
export function parseAuditSearch(search: Record<string, unknown>): AuditSearch {
  const text = (value: unknown): string | undefined =>
    typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) || undefined : undefined;
  const actor = text(search.actor);
  const action = text(search.action);
  const subject = text(search.subject);
  const words = text(search.text);
  const days = AUDIT_DAYS.find((known) => known === search.days);
  return {
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(subject ? { subject } : {}),
    ...(words ? { text: words } : {}),
    ...(days ? { days } : {}),
    ...readDay('from', search.from),
    ...readDay('until', search.until),
  };
}

function readDay<K extends 'from' | 'until'>(key: K, value: unknown): { readonly [P in K]?: string } {
  const isDay = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
  // The key is the one that was given.
  return isDay ? ({ [key]: value } as { readonly [P in K]: string }) : {};
}

/** The instants that a search is bounded by. */
export function boundsOf({ days, from, until }: AuditSearch, nowMs: number): { since?: string; until?: string } {
  const since = from === undefined ? days && new Date(nowMs - days * DAY_MS) : new Date(`${from}T00:00:00`);
  const end = until === undefined ? undefined : new Date(`${until}T00:00:00`);
  // The day after by the calendar, which may be 23 or 25 hours later.
  end?.setDate(end.getDate() + 1);
  return { ...(since ? { since: since.toISOString() } : {}), ...(end ? { until: end.toISOString() } : {}) };
}

const DAY_MS = 86_400_000;
