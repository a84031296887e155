import type { FreezeView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { FREEZE_COLUMNS, type FreezeRow, toFreezeView } from '../freeze-row.ts';

const STATEMENT = `select ${FREEZE_COLUMNS} from freezes where id = $1`;

/** One freeze. Uses freezes_pkey; locks nothing. Undefined: there is none. */
export async function findFreeze(db: Db, freezeId: string): Promise<FreezeView | undefined> {
  const { rows } = await db.query<FreezeRow>(STATEMENT, [freezeId]);
  return rows[0] && toFreezeView(rows[0]);
}
