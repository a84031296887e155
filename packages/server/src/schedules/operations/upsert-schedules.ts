import type { ScheduleDefinition } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A schedule as a registration leaves it. */
export interface ScheduleRegistration {
  readonly pipeline: string;
  readonly definition: ScheduleDefinition;
  /** Null: it is paused. */
  readonly nextSlotMs: number | null;
}

/** Schedules of one code location. */
export interface ScheduleSet {
  readonly environment: string;
  readonly codeLocation: string;
  readonly schedules: readonly ScheduleRegistration[];
}

const STATEMENT = `
insert into schedules (environment, code_location, pipeline, name, definition, next_slot_at, paused_at, paused_by, pause_note)
select $1, $2, s.pipeline, s.definition->>'name', s.definition, to_timestamp(s.next_slot_ms / 1000.0),
       case when s.next_slot_ms is null then now() end, case when s.next_slot_ms is null then 'towpath' end,
       case when s.next_slot_ms is null then 'Schedules of a local environment begin paused.' end
from unnest($3::text[], $4::jsonb[], $5::bigint[]) as s (pipeline, definition, next_slot_ms)
on conflict (environment, code_location, pipeline, name) do update
set definition = excluded.definition, next_slot_at = excluded.next_slot_at, removed_at = null,
    registered_at = case when schedules.definition = excluded.definition and schedules.removed_at is null
                         then schedules.registered_at else now() end`;

/** Writes schedules as they are now; who paused one that exists stays. Those are locked; new ones are serialised by the code location's row. */
export async function upsertSchedules(db: Db, { environment, codeLocation, schedules }: ScheduleSet): Promise<void> {
  if (schedules.length === 0) return;
  await db.query(STATEMENT, [
    environment,
    codeLocation,
    schedules.map(({ pipeline }) => pipeline),
    schedules.map(({ definition }) => JSON.stringify(definition)),
    schedules.map(({ nextSlotMs }) => nextSlotMs),
  ]);
}
