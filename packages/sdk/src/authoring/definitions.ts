// What an author's calls yield: plain data, marked so that the code server recognises it among a module's exports.
import type { Graph, GraphTask, RetryPolicy } from '@towpath/core';

/** Global on purpose: the code server and the author's module may each have loaded their own copy of this file. */
export const PIPELINE_MARK: unique symbol = Symbol.for('towpath.pipeline');

/** Under it a pipeline keeps the functions of its tasks by task id: so those made in a loop are found as well. */
export const TASK_FUNCTIONS: unique symbol = Symbol.for('towpath.taskFunctions');

/** `Omit` for each kind of task by itself. */
type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** A task before it stands in a pipeline. What it leaves open is filled in by the pipeline. */
export interface TaskDefinition {
  readonly id: string;
  readonly task: OmitEach<GraphTask, 'id' | 'retry' | 'timeoutSeconds'>;
  readonly retry: RetryPolicy | undefined;
  /** Seconds from the start of an attempt. */
  readonly timeoutSeconds: number | undefined;
  /** What is wrong with its options, in words; the pipeline reports the problems of all its tasks together. */
  readonly problems: readonly string[];
  /** The work of a TypeScript task, whatever its context is typed as. */
  readonly run?: (context: never) => unknown;
}

/** A pipeline; export it from a module in `pipelines/` and it is registered. */
export interface PipelineDefinition {
  readonly name: string;
  readonly graph: Graph;
  readonly [PIPELINE_MARK]: true;
  readonly [TASK_FUNCTIONS]: ReadonlyMap<string, (context: never) => unknown>;
}

/** Tells a pipeline from whatever else a module exports. */
export function isPipelineDefinition(value: unknown): value is PipelineDefinition {
  return typeof value === 'object' && value !== null && PIPELINE_MARK in value;
}
