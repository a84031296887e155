import type { EventView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { HORIZON, POSITION_SHIFT } from '../event-horizon.ts';

/** Events after a position. */
export interface EventPage {
  readonly events: readonly EventView[];
  /** There are committed events that can't be read yet, because an older transaction is still running. */
  readonly hasHeldBack: boolean;
}

interface Row {
  readonly has_held_back: boolean;
  readonly id: string | null;
  readonly kind: EventView['kind'];
  readonly at: string;
  readonly environment: string;
  readonly run_id: string | null;
  readonly attempt_id: string | null;
}

const STATEMENT = `
with ${HORIZON}, page as (
  select position::text as id, kind, at, environment, run_id, attempt_id, position
  from (
    select e.*, (e.transaction_id::text::bigint << ${POSITION_SHIFT})
             + row_number() over (partition by e.transaction_id order by e.id) as position
    from events e, horizon h
    where e.transaction_id >= ((($1::bigint) >> ${POSITION_SHIFT})::text)::xid8 and e.transaction_id < h.xid
  ) numbered
  where position > $1::bigint
  order by position
  limit $2
)
select coalesce((select max(e.transaction_id) from events e) >= h.xid, false) as has_held_back, page.*
from horizon h
left join page on true
order by page.position`;

/**
 * The next events in a gapless order: whoever goes on from the last id misses nothing. Uses events_pkey; locks nothing.
 * With each hint, per open stream.
 */
export async function readEvents(db: Db, after: string, limit: number): Promise<EventPage> {
  const { rows } = await db.query<Row>(STATEMENT, [after, limit]);
  const events = rows.flatMap((row) =>
    row.id === null
      ? []
      : [
          {
            id: row.id,
            kind: row.kind,
            at: row.at,
            environment: row.environment,
            runId: row.run_id,
            attemptId: row.attempt_id,
          },
        ],
  );
  return { events, hasHeldBack: rows[0]?.has_held_back ?? false };
}
