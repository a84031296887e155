import type { Db } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';

/** What stands for and against an account's name. */
export interface NameClaims {
  /** The name is that of this account; null: nobody signed in by it yet, or it was freed. */
  readonly isTheirs: boolean | null;
  /** When access to it was revoked last. */
  readonly revokedAt: string | null;
  /** A token with a role of its own, that holds, was issued to that name. */
  readonly isIssued: boolean;
  /** Another name of this account. */
  readonly otherName: string | null;
}

const STATEMENT = `
select case when p.issuer <> '' then p.issuer = $2 and p.subject = $3 end as "isTheirs", p.revoked_at as "revokedAt",
       exists (
         select from access_tokens where name = $1 and groups is null and revoked_at is null and expires_at > now()
       ) as "isIssued",
       (select min(name) from people where issuer = $2 and subject = $3 and name <> $1) as "otherName"
from (select) as one left join people p on p.name = $1`;

/** Who has a claim to a name. Reads the tables whole: people sign in a few times a day. */
export async function findNameClaims(db: Db, { name, issuer, subject }: ProvenPerson): Promise<NameClaims> {
  const { rows } = await db.query<NameClaims>(STATEMENT, [name, issuer, subject]);
  return rows[0] ?? { isTheirs: null, revokedAt: null, isIssued: false, otherName: null };
}
