// What the URL of the board says: it is the only place the filter is kept.
export interface BoardSearch {
  /** Part of the name of a pipeline, project or environment. */
  readonly find?: string | undefined;
  /** Only what waits, drifts or failed last. */
  readonly only?: 'open' | undefined;
}

/** Parses the search part of `/board`; what it doesn't know is left out. */
export function parseBoardSearch(search: Record<string, unknown>): BoardSearch {
  const find = typeof search.find === 'string' ? search.find.slice(0, 200) : '';
  return { ...(find ? { find } : {}), ...(search.only === 'open' ? { only: 'open' } : {}) };
}
