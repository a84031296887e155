import type { EnvironmentKind } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An environment that something is promoted into. */
export interface PromotionTarget {
  readonly name: string;
  readonly kind: EnvironmentKind;
  readonly project: string | null;
}

const STATEMENT = `select name, kind, project from environments where name = $1`;

/** The environment. Uses environments_pkey; locks nothing. Undefined: there is none. */
export async function findTarget(db: Db, environment: string): Promise<PromotionTarget | undefined> {
  const { rows } = await db.query<PromotionTarget>(STATEMENT, [environment]);
  return rows[0];
}
