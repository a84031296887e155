// What the URL of the list says: it is the only place the filter is kept.
import { RunStateSchema } from '@towpath/api';
import type { RunState } from '@towpath/core';

export interface RunsSearch {
  readonly state?: RunState | undefined;
  readonly pipeline?: string | undefined;
}

/** Parses the search part of `/runs`; what it doesn't know is left out, so an old link still opens. */
export function parseRunsSearch(search: Record<string, unknown>): RunsSearch {
  const state = RunStateSchema.safeParse(search.state).data;
  const pipeline = typeof search.pipeline === 'string' && search.pipeline ? search.pipeline : undefined;
  return { ...(state ? { state } : {}), ...(pipeline ? { pipeline } : {}) };
}
