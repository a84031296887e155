// The graph: plain, versioned JSON that a pipeline module evaluates to. Nothing environment-specific in it (design §5).

/** Version of the JSON below. A server refuses a graph with another one. */
export const GRAPH_SCHEMA_VERSION = 1;

/** A datakit as a task names it; the version is exact. */
export interface DatakitReference {
  readonly name: string;
  readonly version: string;
}

/** How often and how soon a task is tried again after an attempt failed or errored. */
export interface RetryPolicy {
  /** Attempts after the first one; 0 = never. */
  readonly limit: number;
  /** Pause before the next attempt. */
  readonly delaySeconds: number;
}

/** One node: a datakit command with what it needs to run. `argv` was split once, here in core, never by a shell. */
export interface GraphTask {
  readonly id: string;
  readonly kind: 'datakit';
  readonly datakit: DatakitReference;
  readonly argv: readonly string[];
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly dependsOn: readonly string[];
  readonly retry: RetryPolicy;
  /** Time limit of one attempt from its start. */
  readonly timeoutSeconds: number;
  /** True when repeating a half-done attempt is harmless; only then is a lost attempt retried without a person. */
  readonly idempotent: boolean;
}

/** A pipeline as data: tasks in the author's order. Its identity is the hash of its canonical JSON. */
export interface Graph {
  readonly schemaVersion: typeof GRAPH_SCHEMA_VERSION;
  readonly pipeline: string;
  readonly description: string;
  readonly tasks: readonly GraphTask[];
}
