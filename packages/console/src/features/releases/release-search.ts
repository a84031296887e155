// What the URL of a release says.
export interface ReleaseSearch {
  /** Id of the release it is compared with. */
  readonly with?: string | undefined;
  /** The environment it shall be promoted to: the form is open. */
  readonly to?: string | undefined;
}

/** Parses the search part of `/releases/$releaseId`; what it doesn't know is left out. */
export function parseReleaseSearch(search: Record<string, unknown>): ReleaseSearch {
  const isId = typeof search.with === 'string' && /^[0-9a-f]{64}$/.test(search.with);
  const to = typeof search.to === 'string' ? search.to.slice(0, 63) : '';
  return { ...(isId ? { with: String(search.with) } : {}), ...(to ? { to } : {}) };
}
