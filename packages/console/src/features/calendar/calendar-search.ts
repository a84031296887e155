// What the URL of the calendar says.
export interface CalendarSearch {
  /** The day that is explained, `YYYY-MM-DD`. */
  readonly on?: string | undefined;
}

/** Parses the search part of `/calendar`; what it doesn't know is left out. */
export function parseCalendarSearch(search: Record<string, unknown>): CalendarSearch {
  return typeof search.on === 'string' && /^\d{4}-\d\d-\d\d$/.test(search.on) ? { on: search.on } : {};
}
