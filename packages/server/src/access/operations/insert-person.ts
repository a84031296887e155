import type { Db } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';

const STATEMENT = `
insert into people (name, issuer, subject) values ($1, $2, $3)
on conflict (name) do update set issuer = excluded.issuer, subject = excluded.subject, first_seen_at = now()
where people.issuer = ''
returning 1`;

/** Makes a name that of an account; false: it is somebody's already. Without issuer it was freed. */
export async function insertPerson(db: Db, { name, issuer, subject }: ProvenPerson): Promise<boolean> {
  return (await db.query(STATEMENT, [name, issuer, subject])).rowCount === 1;
}
