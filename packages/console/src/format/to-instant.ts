/** What a `datetime-local` field holds (the viewer's zone) as RFC 3339 in UTC; undefined while it is empty or half typed. */
export function toInstant(local: string): string | undefined {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(local) ? Date.parse(local) : Number.NaN;
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}
