// What the URL of the list says: it is the only place the filter is kept.
import { RUN_TRIGGERS, RunStateSchema, type RunTrigger } from '@towpath/api';
import type { RunState } from '@towpath/core';

export interface RunsSearch {
  readonly state?: RunState | undefined;
  readonly pipeline?: string | undefined;
  readonly trigger?: RunTrigger | undefined;
  /** The list when left out. */
  readonly view?: 'grid' | undefined;
}

/** Parses the search part of `/runs`; what it doesn't know is left out, so an old link still opens. */
export function parseRunsSearch(search: Record<string, unknown>): RunsSearch {
  const state = RunStateSchema.safeParse(search.state).data;
  const trigger = RUN_TRIGGERS.find((known) => known === search.trigger);
  const pipeline = typeof search.pipeline === 'string' && search.pipeline ? search.pipeline : undefined;
  return {
    ...(state ? { state } : {}),
    ...(pipeline ? { pipeline } : {}),
    ...(trigger ? { trigger } : {}),
    ...(search.view === 'grid' ? { view: 'grid' } : {}),
  };
}
