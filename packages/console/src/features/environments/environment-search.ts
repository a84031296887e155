// What the URL of an environment's page says.
export interface EnvironmentSearch {
  /** The environment it is laid beside. */
  readonly beside?: string | undefined;
}

/** Parses the search part of `/environment`; what it doesn't know is left out. */
export function parseEnvironmentSearch(search: Record<string, unknown>): EnvironmentSearch {
  return typeof search.beside === 'string' && search.beside !== '' ? { beside: search.beside.slice(0, 63) } : {};
}
