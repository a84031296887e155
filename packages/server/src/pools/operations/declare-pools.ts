import type { Db } from '../../db/database.ts';

/** The pools that a code location declares. */
export interface PoolDeclaration {
  readonly environment: string;
  readonly declaredBy: string;
  readonly slots: Readonly<Record<string, number>>;
}

const STATEMENT = `
insert into pools (environment, name, declared_slots, changed_by)
select $1, d.name, d.slots, $2
from unnest($3::text[], $4::integer[]) as d (name, slots)
order by d.name
on conflict (environment, name) do update
set declared_slots = excluded.declared_slots, changed_at = now(), changed_by = excluded.changed_by
where pools.declared_slots is distinct from excluded.declared_slots`;

/** Notes what a project declares; what a person set stays in force. Locks the pools in name order. Idempotent. */
export async function declarePools(db: Db, { environment, declaredBy, slots }: PoolDeclaration): Promise<void> {
  const names = Object.keys(slots);
  if (names.length === 0) return;
  await db.query(STATEMENT, [environment, declaredBy, names, Object.values(slots)]);
}
