import type { SignOffView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { SIGN_OFF_COLUMNS, type SignOffRow, toSignOffView } from '../sign-off-row.ts';

const STATEMENT = `select ${SIGN_OFF_COLUMNS} from sign_offs where id = $1`;

/** One sign-off. Uses sign_offs_pkey; locks nothing. Undefined: there is none. */
export async function findSignOff(db: Db, signOffId: string): Promise<SignOffView | undefined> {
  const { rows } = await db.query<SignOffRow>(STATEMENT, [signOffId]);
  return rows[0] && toSignOffView(rows[0]);
}
