// What the URL of a pipeline says: which task is open, and which run its form begins with.
export interface PipelineSearch {
  readonly task?: string | undefined;
  /** Id of a run whose parameters the form takes over. */
  readonly like?: string | undefined;
}

/** Parses the search part of `/pipelines/:name`; what it doesn't know is left out. */
export function parsePipelineSearch({ task, like }: Record<string, unknown>): PipelineSearch {
  return {
    ...(typeof task === 'string' || typeof task === 'number' ? { task: String(task) } : {}),
    ...(typeof like === 'string' && like ? { like } : {}),
  };
}
