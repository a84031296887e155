import type { AccessPolicy } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** Bindings, and who applies them. */
export interface NewAccess {
  readonly policy: AccessPolicy;
  readonly by: string;
  readonly note?: string | undefined;
}

const STATEMENT = `
insert into access_policies (body, applied_by, note) values ($1, $2, $3) returning version`;

/** Puts bindings in force; returns their version. Versions only grow. */
export async function insertAccess(db: Db, { policy, by, note }: NewAccess): Promise<number> {
  const { rows } = await db.query<{ version: number }>(STATEMENT, [JSON.stringify(policy), by, note ?? null]);
  const [row] = rows;
  if (!row) throw new Error('insert into access_policies returned no row');
  return row.version;
}
