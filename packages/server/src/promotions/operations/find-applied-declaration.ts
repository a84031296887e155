import { DeclaredEnvironment } from '@towpath/api';
import type { Db } from '../../db/database.ts';

const STATEMENT = `select declaration from environments where name = $1`;

/** What a project has declared of an environment; null: nobody has. Uses environments_pkey; locks nothing. */
export async function findAppliedDeclaration(db: Db, environment: string): Promise<DeclaredEnvironment | null> {
  const { rows } = await db.query<{ declaration: unknown }>(STATEMENT, [environment]);
  const declaration = rows[0]?.declaration ?? null;
  // What an older server stored may lack what has come since; the schema fills it.
  return declaration === null ? null : DeclaredEnvironment.parse(declaration);
}
