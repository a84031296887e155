// A schedule as the engine holds it: locked, in the transaction that decides about it.
import type { ScheduleDefinition } from '@towpath/core';

export interface StoredSchedule {
  readonly id: string;
  readonly environment: string;
  readonly codeLocation: string;
  readonly pipeline: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  /** The first slot without an outcome, in ms since 1970; null: it does not tick. */
  readonly nextSlotMs: number | null;
  readonly isPaused: boolean;
  readonly isRemoved: boolean;
}

/** A row of `STORED_SCHEDULE_COLUMNS`. */
export interface StoredScheduleRow {
  readonly id: string;
  readonly environment: string;
  readonly code_location: string;
  readonly pipeline: string;
  readonly name: string;
  readonly definition: ScheduleDefinition;
  readonly next_slot_at: string | null;
  readonly is_paused: boolean;
  readonly is_removed: boolean;
}

export const STORED_SCHEDULE_COLUMNS = `id, environment, code_location, pipeline, name, definition, next_slot_at,
       paused_at is not null as is_paused, removed_at is not null as is_removed`;

/** Turns a row into the schedule. */
export function toStoredSchedule(row: StoredScheduleRow): StoredSchedule {
  return {
    id: row.id,
    environment: row.environment,
    codeLocation: row.code_location,
    pipeline: row.pipeline,
    name: row.name,
    definition: row.definition,
    nextSlotMs: row.next_slot_at === null ? null : Date.parse(row.next_slot_at),
    isPaused: row.is_paused,
    isRemoved: row.is_removed,
  };
}
