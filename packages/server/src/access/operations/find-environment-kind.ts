import type { EnvironmentKind } from '@towpath/core';
import type { Db } from '../../db/database.ts';

const STATEMENT = `select kind from environments where name = $1`;

/** The kind of an environment. Uses environments_pkey; locks nothing. Undefined: there is none of that name. */
export async function findEnvironmentKind(db: Db, name: string): Promise<EnvironmentKind | undefined> {
  const { rows } = await db.query<{ kind: EnvironmentKind }>(STATEMENT, [name]);
  return rows[0]?.kind;
}
