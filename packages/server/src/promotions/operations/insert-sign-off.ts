import type { SignOffView } from '@towpath/api';
import type { Db } from '../../db/database.ts';
import { SIGN_OFF_COLUMNS, type SignOffRow, toSignOffView } from '../sign-off-row.ts';

/** What a person says about a release in an environment. */
export interface NewSignOff {
  readonly releaseId: string;
  readonly environment: string;
  readonly role: string;
  readonly person: string;
  readonly decision: SignOffView['decision'];
  readonly note?: string | undefined;
  /** See `Human`. */
  readonly account: string;
  /** Whether the role follows from bindings. */
  readonly isByBinding: boolean;
  /** How long it counts. */
  readonly days: number;
}

const STATEMENT = `
insert into sign_offs (release_id, environment, role, person, decision, note, expires_at, account, is_by_binding)
values ($1, $2, $3, $4, $5, $6, now() + $7 * interval '1 day', $8, $9)
returning ${SIGN_OFF_COLUMNS}`;

/** Keeps a sign-off; the person's one before is withdrawn by then, or sign_offs_person_key refuses. */
export async function insertSignOff(db: Db, signOff: NewSignOff): Promise<SignOffView> {
  const { releaseId, environment, role, person, decision, note, days, account, isByBinding } = signOff;
  const values = [releaseId, environment, role, person, decision, note ?? null, days, account, isByBinding];
  const { rows } = await db.query<SignOffRow>(STATEMENT, values);
  const [row] = rows;
  if (!row) throw new Error('insert into sign_offs returned no row');
  return toSignOffView(row);
}
