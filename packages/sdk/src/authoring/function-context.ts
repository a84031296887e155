// What a TypeScript task is given, and what it may give back.
import type { ParameterValues } from '@towpath/core';

/** A JSON object: the result document of another task. */
export type ResultObject = Readonly<Record<string, unknown>>;

/** Names that follow from the environment; a task needs not name them. Of a zone: `TOWPATH_BRONZE_ZONE`. */
export type DerivedNames = Readonly<
  Record<'ENVIRONMENT' | 'DBT_TARGET' | 'TOWPATH_NAMESPACE' | 'TOWPATH_STACK', string> &
    Record<`TOWPATH_${string}_${'ZONE' | 'DATABASE'}`, string>
> & { readonly TOWPATH_REGISTRY?: string };

/** Everything an attempt of a TypeScript task knows. `Name` are the variables its task named in `configuration`. */
export interface FunctionContext<Name extends string = string> {
  /** Result documents of the tasks named in `inputs`, by task id; null where a task left none. */
  readonly inputs: Readonly<Record<string, ResultObject | null>>;
  readonly parameters: ParameterValues;
  readonly run: {
    readonly id: string;
    /** As people see it: `pipeline-environment #41`. */
    readonly name: string;
    /** Instant the run stands for: the slot of its schedule, else when it was planned (RFC 3339, UTC). */
    readonly logicalTime: string;
    /** The day of that instant in the time zone of the schedule; UTC without one. */
    readonly logicalDate: string;
  };
  /** Name of the environment. */
  readonly environment: string;
  /** 1 for the first attempt of the task in its run. */
  readonly attempt: number;
  /** The variables of the environment's configuration that the task named, and names that follow from the environment. */
  readonly config: Readonly<Record<Name, string>> & DerivedNames;
  /**
   * Aborted when the attempt is cancelled or its time is over; ten seconds later it is killed. A function that never
   * reads it is ended at once, like any program that ignores TERM.
   */
  readonly signal: AbortSignal;
  /** Writes a line into the log of the attempt, as `console.log` does. */
  log(line: string): void;
}

/**
 * The work of a task. What it returns, a JSON object of at most 4 KiB or nothing, is its result document. When it throws,
 * the attempt fails. Its process ends when it is done: what it has not awaited is cut off.
 */
export type TaskFunction<Name extends string = string> = (
  context: FunctionContext<Name>,
) => Promise<object | undefined> | object | undefined;
