import type { Db } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';

const STATEMENT = `
insert into people (name, issuer, subject) values ($1, $2, $3)
on conflict (name) do update set first_seen_at = people.first_seen_at
where people.issuer = excluded.issuer and people.subject = excluded.subject
returning 1`;

/** Makes a name that of the person who comes with it first; false: it is somebody else's. Locks the row of the name. */
export async function claimName(db: Db, { name, issuer, subject }: ProvenPerson): Promise<boolean> {
  return (await db.query(STATEMENT, [name, issuer, subject])).rowCount === 1;
}
