import type { EnvironmentKind } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An environment as it is declared. */
export interface EnvironmentDeclaration {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** Order in which people see them. */
  readonly position: number;
}

const STATEMENT = `
insert into environments (name, kind, position)
values ($1, $2, $3)
on conflict (name) do update set kind = excluded.kind, position = excluded.position
where (environments.kind, environments.position) is distinct from (excluded.kind, excluded.position)`;

/** Makes an environment be as declared; true: it was not. Locks its row only when something changes. Idempotent. */
export async function upsertEnvironment(db: Db, { name, kind, position }: EnvironmentDeclaration): Promise<boolean> {
  const answer = await db.query(STATEMENT, [name, kind, position]);
  return answer.rowCount === 1;
}
