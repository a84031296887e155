import type { Db } from '../../db/database.ts';

const STATEMENT = `
with p as (delete from pools where environment = any ($1)), n as (delete from notifications where environment = any ($1)),
     f as (delete from freezes where environment = any ($1)), s as (delete from sign_offs where environment = any ($1))
delete from environments where name = any ($1)`;

/**
 * Deletes environments that nothing but pools, notifications, freezes and sign-offs refers to; they are locked by the caller. One that is used after all is kept by
 * its foreign keys, and the statement fails.
 */
export async function removeEnvironments(db: Db, names: readonly string[]): Promise<void> {
  if (names.length === 0) return;
  await db.query(STATEMENT, [names]);
}
