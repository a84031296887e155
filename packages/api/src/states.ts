import { ATTEMPT_STATES, ENVIRONMENT_KINDS, RUN_STATES, TASK_STATES } from '@towpath/core';
import { z } from 'zod';

/** The words of a constant table, for `z.enum`. Object.keys loses literal types; the table is their only source. */
export function keysOf<T extends object>(table: T): [keyof T & string, ...(keyof T & string)[]] {
  return Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];
}

export const RunStateSchema = z.enum(keysOf(RUN_STATES));
export const TaskStateSchema = z.enum(keysOf(TASK_STATES));
export const AttemptStateSchema = z.enum(keysOf(ATTEMPT_STATES));
export const AttemptOutcomeSchema = z.enum(['succeeded', 'failed', 'errored', 'cancelled']);
export const EnvironmentKindSchema = z.enum(ENVIRONMENT_KINDS);

/** RFC 3339 instant in UTC. */
export const InstantSchema = z.iso.datetime();
