import type { EnvironmentKind } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** An environment that an operator makes known. */
export interface EnvironmentDeclaration {
  readonly name: string;
  readonly kind: EnvironmentKind;
  /** Order in which people see them. */
  readonly position: number;
}

const STATEMENT = `
insert into environments (name, kind, position)
values ($1, $2, $3)
on conflict (name) do update set position = excluded.position
where environments.project is null and environments.kind = excluded.kind and environments.position <> excluded.position`;

/**
 * Makes an environment known, or moves it in the order while no project declares it; true: something changed. Its kind stays.
 * Locks its row only then. Idempotent.
 */
export async function upsertEnvironment(db: Db, { name, kind, position }: EnvironmentDeclaration): Promise<boolean> {
  const answer = await db.query(STATEMENT, [name, kind, position]);
  return answer.rowCount === 1;
}
