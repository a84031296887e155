import type { EventView } from '@towpath/api';
import type { Db } from '../../db/database.ts';

/** One thing that happened, for the live views. */
export interface NewEvent {
  readonly kind: EventView['kind'];
  readonly environment: string;
  readonly runId?: string;
  readonly attemptId?: string;
}

const STATEMENT = `
insert into events (kind, environment, run_id, attempt_id)
select kind, environment, run_id, attempt_id
from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) as e (kind, environment, run_id, attempt_id)`;

/** Writes events of the transaction they belong to; inserts only, locks nothing others wait for. */
export async function writeEvents(db: Db, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await db.query(STATEMENT, [
    events.map(({ kind }) => kind),
    events.map(({ environment }) => environment),
    events.map(({ runId }) => runId ?? null),
    events.map(({ attemptId }) => attemptId ?? null),
  ]);
}
