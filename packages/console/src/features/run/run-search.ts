// What the URL of a run says: which task and attempt are open, and which view.
export interface RunSearch {
  readonly task?: string | undefined;
  /** Number of the attempt; the newest when left out. */
  readonly attempt?: number | undefined;
  readonly view?: 'graph' | undefined;
}

/** Parses the search part of `/runs/:runId`; what it doesn't know is left out. */
export function parseRunSearch(search: Record<string, unknown>): RunSearch {
  const { task, attempt, view } = search;
  return {
    ...(typeof task === 'string' || typeof task === 'number' ? { task: String(task) } : {}),
    ...(typeof attempt === 'number' && Number.isInteger(attempt) && attempt > 0 ? { attempt } : {}),
    ...(view === 'graph' ? { view } : {}),
  };
}
