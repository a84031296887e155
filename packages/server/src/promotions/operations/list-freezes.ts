import type { FreezeView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { FREEZE_COLUMNS, type FreezeRow, toFreezeView } from '../freeze-row.ts';

const STATEMENT = `
select ${FREEZE_COLUMNS} from freezes where environment = $1 and lifted_at is null order by starts_at, id`;

/** Freezes of an environment that nobody lifted, past and coming ones too. Uses freezes_environment_idx; locks nothing. */
export async function listFreezes(db: Db, environment: string): Promise<FreezeView[]> {
  const { rows } = await db.query<FreezeRow>(STATEMENT, [environment]);
  return rows.map(toFreezeView);
}
