export interface PipelinesSearch {
  /** Part of a name or description. */
  readonly q?: string | undefined;
}

/** Parses the search part of `/pipelines`. */
export function parsePipelinesSearch(search: Record<string, unknown>): PipelinesSearch {
  return typeof search.q === 'string' && search.q ? { q: search.q } : {};
}
