// What the URL of the audit says: it is the only place the filter is kept.
export interface AuditSearch {
  readonly actor?: string | undefined;
  /** A whole word (`run.started`) or what stands before its dot (`run`). */
  readonly action?: string | undefined;
  /** A subject's id or name. */
  readonly subject?: string | undefined;
  /** Days back from now. */
  readonly days?: number | undefined;
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
  const days = AUDIT_DAYS.find((known) => known === search.days);
  return {
    ...(actor ? { actor } : {}),
    ...(action ? { action } : {}),
    ...(subject ? { subject } : {}),
    ...(days ? { days } : {}),
  };
}
