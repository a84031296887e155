import type { Db } from '../../db/database.ts';

/** A person's word about a pool. */
export interface PoolSetting {
  readonly environment: string;
  readonly name: string;
  /** Null goes back to what the project declares. */
  readonly slots: number | null;
  readonly by: string;
}

const STATEMENT = `
insert into pools (environment, name, set_slots, changed_by)
select e.name, $2, $3, $4
from environments e
where e.name = $1
on conflict (environment, name) do update
set set_slots = excluded.set_slots, changed_at = now(), changed_by = excluded.changed_by`;

/** Sets the slots of a pool, which comes to be if it is new. False: there is no such environment. Uses pools_pkey. */
export async function setPoolSlots(db: Db, { environment, name, slots, by }: PoolSetting): Promise<boolean> {
  const answer = await db.query(STATEMENT, [environment, name, slots, by]);
  return answer.rowCount === 1;
}
