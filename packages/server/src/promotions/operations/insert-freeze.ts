import type { FreezeView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { FREEZE_COLUMNS, type FreezeRow, toFreezeView } from '../freeze-row.ts';

/** A freeze to be declared. */
export interface NewFreeze {
  readonly environment: string;
  readonly reason: string;
  /** Absent: now. */
  readonly startsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly by: string;
}

const STATEMENT = `
insert into freezes (environment, reason, starts_at, ends_at, declared_by)
select $1, $2, t.starts_at, $4, $5
from (select coalesce($3::timestamptz, now()) as starts_at) t
where $4::timestamptz is null or $4 > t.starts_at
returning ${FREEZE_COLUMNS}`;

/** Declares a freeze. The decisions of its environment are locked. Undefined: it would end before it begins. */
export async function insertFreeze(db: Db, freeze: NewFreeze): Promise<FreezeView | undefined> {
  const { environment, reason, startsAt, endsAt, by } = freeze;
  const values = [environment, reason, startsAt ?? null, endsAt ?? null, by];
  const { rows } = await db.query<FreezeRow>(STATEMENT, values);
  return rows[0] && toFreezeView(rows[0]);
}
