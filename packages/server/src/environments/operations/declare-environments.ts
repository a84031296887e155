import type { DeclaredEnvironment } from '@towpath/api';
import type { Db } from '../../db/database.ts';

/** Environments that a project declares. */
export interface EnvironmentsDeclaration {
  readonly project: string;
  readonly by: string;
  readonly environments: readonly { readonly position: number; readonly declaration: DeclaredEnvironment }[];
}

const STATEMENT = `
insert into environments (name, kind, position, project, declaration, declared_at, declared_by)
select d.declaration ->> 'name', d.declaration ->> 'kind', d.position, $1, d.declaration, now(), $2
from unnest($3::integer[], $4::jsonb[]) as d (position, declaration)
order by 1
on conflict (name) do update
set kind = excluded.kind, position = excluded.position, project = excluded.project,
    declaration = excluded.declaration, declared_at = excluded.declared_at, declared_by = excluded.declared_by`;

/** Writes declarations; those that exist are locked by the caller. Uses environments_pkey. */
export async function declareEnvironments(
  db: Db,
  { project, by, environments }: EnvironmentsDeclaration,
): Promise<void> {
  if (environments.length === 0) return;
  await db.query(STATEMENT, [
    project,
    by,
    environments.map(({ position }) => position),
    environments.map(({ declaration }) => JSON.stringify(declaration)),
  ]);
}
