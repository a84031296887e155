import type { Db } from '../../db/database.ts';
import type { OwnedKind } from '../route-places.ts';

const STATEMENTS: Readonly<Record<OwnedKind, string>> = {
  run: 'select environment from runs where id = $1',
  attempt: 'select environment from attempts where id = $1',
  schedule: 'select environment from schedules where id = $1',
  promotion: 'select environment from promotions where id = $1',
  signOff: 'select environment from sign_offs where id = $1',
  freeze: 'select environment from freezes where id = $1',
};

/** The environment of something, which never changes. Uses its primary key; locks nothing. Undefined: there is none of that id. */
export async function findEnvironmentOf(db: Db, kind: OwnedKind, id: string): Promise<string | undefined> {
  const { rows } = await db.query<{ environment: string }>(STATEMENTS[kind], [id]);
  return rows[0]?.environment;
}
