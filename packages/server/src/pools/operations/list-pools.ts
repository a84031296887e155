import type { PoolView } from '@towpath/api';
import type { Db } from '../../db/database.ts';

/** Which pools; absent = all. */
export interface PoolFilter {
  readonly environment?: string | undefined;
  readonly name?: string | undefined;
}

interface Row {
  readonly environment: string;
  readonly name: string;
  readonly slots: number;
  readonly declared_slots: number | null;
  readonly set_slots: number | null;
  readonly held: number;
  readonly waiting: number;
  readonly changed_by: string;
}

const STATEMENT = `
select p.environment, p.name, p.slots, p.declared_slots, p.set_slots, p.changed_by,
       (select count(*) from attempts a
        where a.environment = p.environment and a.pool = p.name and a.pool <> ''
          and a.state in ('granted', 'running', 'uncertain')) as held,
       (select count(*) from run_tasks t
        where t.environment = p.environment and t.pool = p.name and t.state = 'ready' and t.ready_at <= now()) as waiting
from pools p
join environments e on e.name = p.environment
where ($1::text is null or p.environment = $1) and ($2::text is null or p.name = $2)
order by e.position, p.environment, p.name`;

/** Pools with who holds and who waits. Uses attempts_pool_idx and run_tasks_room_idx; locks nothing. */
export async function listPools(db: Db, { environment, name }: PoolFilter): Promise<PoolView[]> {
  const { rows } = await db.query<Row>(STATEMENT, [environment ?? null, name ?? null]);
  return rows.map((row) => ({
    environment: row.environment,
    name: row.name,
    slots: row.slots,
    declaredSlots: row.declared_slots,
    setSlots: row.set_slots,
    held: row.held,
    waiting: row.waiting,
    changedBy: row.changed_by,
  }));
}
