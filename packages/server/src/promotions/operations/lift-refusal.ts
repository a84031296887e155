import type { Db } from '../../db/database.ts';

/** Which refusal is lifted, by whom and why. */
export interface Lifting {
  readonly signOffId: string;
  readonly by: string;
  readonly reason: string;
}

const STATEMENT = `
update sign_offs set withdrawn_at = now(), withdrawn_by = $2, withdrawn_why = $3
where id = $1 and withdrawn_at is null and decision = 'refused'`;

/** Ends a refusal of somebody else. False: it ended before. The decisions of its environment are locked. Uses sign_offs_pkey. */
export async function liftRefusal(db: Db, { signOffId, by, reason }: Lifting): Promise<boolean> {
  return (await db.query(STATEMENT, [signOffId, by, reason])).rowCount === 1;
}
