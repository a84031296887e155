import type { PromotionPolicy } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A policy, and who applies it. */
export interface NewPolicy {
  readonly policy: PromotionPolicy;
  readonly by: string;
  readonly note?: string | undefined;
}

const STATEMENT = `
insert into promotion_policies (body, applied_by, note) values ($1, $2, $3) returning version`;

/** Puts a policy in force; returns its version. Versions only grow. */
export async function insertPolicy(db: Db, { policy, by, note }: NewPolicy): Promise<number> {
  const { rows } = await db.query<{ version: number }>(STATEMENT, [JSON.stringify(policy), by, note ?? null]);
  const [row] = rows;
  if (!row) throw new Error('insert into promotion_policies returned no row');
  return row.version;
}
