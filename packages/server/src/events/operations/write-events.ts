import type { EventView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { HINT_CHANNEL, type Topic } from '../../hints/hints.ts';

/** One thing that happened, for the live views. */
export interface NewEvent {
  readonly kind: EventView['kind'];
  readonly environment: string;
  readonly runId?: string;
  readonly attemptId?: string;
}

const STATEMENT = `
with written as (
  insert into events (kind, environment, run_id, attempt_id)
  select kind, environment, run_id, attempt_id
  from unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) as e (kind, environment, run_id, attempt_id)
)
select pg_notify('${HINT_CHANNEL}', topic) from unnest($5::text[]) as topic`;

/**
 * Writes events of the transaction they belong to and sends hints, which arrive when it commits; equal ones of a
 * transaction arrive once. Inserts only, locks nothing others wait for until commit.
 */
export async function writeEvents(db: Db, events: readonly NewEvent[], topics: readonly Topic[]): Promise<void> {
  if (events.length === 0 && topics.length === 0) return;
  await db.query(STATEMENT, [
    events.map(({ kind }) => kind),
    events.map(({ environment }) => environment),
    events.map(({ runId }) => runId ?? null),
    events.map(({ attemptId }) => attemptId ?? null),
    topics,
  ]);
}
