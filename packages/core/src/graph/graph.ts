// The graph: plain, versioned JSON that a pipeline module evaluates to. Nothing environment-specific in it (design §5).
import type { ParameterSchemas, ParameterValues } from './parameters.ts';

/** Version of the JSON below. A server refuses a graph with another one. What was added later is optional. */
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
  /** Pause before the second attempt. */
  readonly delaySeconds: number;
  /** Each further pause is so many times as long as the one before; 1 (the default) keeps it. */
  readonly factor?: number;
  /** No pause is longer. Default: a day. */
  readonly maxDelaySeconds?: number;
}

/** When a task starts, from how the tasks it depends on ended. */
export const TRIGGER_RULES = {
  all_succeeded: 'All tasks it depends on succeeded; one that did not ends it, one that was skipped skips it.',
  all_done: 'All tasks it depends on have ended, however.',
  one_failed: 'One task it depends on did not succeed; when all ended well it is skipped.',
} as const;

export type TriggerRule = keyof typeof TRIGGER_RULES;

interface TaskBase {
  readonly id: string;
  readonly environmentVariables: Readonly<Record<string, string>>;
  readonly dependsOn: readonly string[];
  readonly retry: RetryPolicy;
  /** Time limit of one attempt from its start. */
  readonly timeoutSeconds: number;
  /** True when repeating a half-done attempt is harmless; only then is a lost attempt retried without a person. */
  readonly idempotent: boolean;
  /** Default: `all_succeeded`. */
  readonly triggerRule?: TriggerRule;
  /** Takes one slot of this pool of its environment while an attempt lives. Default: none. */
  readonly pool?: string;
  /** Among ready tasks the higher one starts first. Default: 0. */
  readonly priority?: number;
  /** Tasks it depends on whose result documents it reads (`TOWPATH_INPUTS`). */
  readonly inputs?: readonly string[];
}

/** A datakit command with what it needs to run. `argv` was split once, here in core, never by a shell. */
export interface DatakitGraphTask extends TaskBase {
  readonly kind: 'datakit';
  readonly datakit: DatakitReference;
  readonly argv: readonly string[];
}

/** A TypeScript function, found in the pinned bundle by module, export (a pipeline) and task id. */
export interface FunctionGraphTask extends TaskBase {
  readonly kind: 'function';
  /** Path of the pipeline module in its project, with `/`. */
  readonly module: string;
  /** Name under which the module exports the pipeline. */
  readonly export: string;
  /** Variables of the environment's configuration that it gets. */
  readonly configuration?: readonly string[];
}

/** One node. */
export type GraphTask = DatakitGraphTask | FunctionGraphTask;

/** What happens when a slot comes while a run of the same schedule has not ended. */
export const OVERLAP_POLICIES = {
  forbid: 'The slot is skipped, and reported as skipped.',
  queue: 'The run is planned when the one before has ended, in the order of the slots.',
  replace: 'The run before is cancelled; the new one starts when it has ended.',
} as const;

export type OverlapPolicy = keyof typeof OVERLAP_POLICIES;

/** What happens with slots that passed while nobody could tick (server away, schedule's code absent). */
export const CATCH_UP_POLICIES = {
  none: 'Each is reported as missed.',
  latest: 'The last one runs, the others are reported as missed.',
  all: 'They run in order, at most `maxCatchUp` of them, the oldest beyond that are reported as missed.',
} as const;

export type CatchUpPolicy = keyof typeof CATCH_UP_POLICIES;

/** When a pipeline runs by itself. Identity: environment, code location, pipeline, name. */
export interface ScheduleDefinition {
  /** Unique in its pipeline; the rules of task ids. */
  readonly name: string;
  /** Five fields: minute, hour, day of month, month, day of week. */
  readonly cron: string;
  /** IANA name, such as `Europe/London`. */
  readonly timeZone: string;
  readonly overlap: OverlapPolicy;
  readonly catchUp: CatchUpPolicy;
  /** With `catchUp: 'all'`. */
  readonly maxCatchUp: number;
  /** A slot that could not start within this time is missed; null = it may start however late. */
  readonly startDeadlineSeconds: number | null;
  readonly parameters: ParameterValues;
}

/** A pipeline as data: tasks in the author's order. Its identity is the hash of its canonical JSON. */
export interface Graph {
  readonly schemaVersion: typeof GRAPH_SCHEMA_VERSION;
  readonly pipeline: string;
  readonly description: string;
  readonly tasks: readonly GraphTask[];
  /** What a run may be started with. */
  readonly parameters?: ParameterSchemas;
  readonly schedules?: readonly ScheduleDefinition[];
}
