import type { Db } from '../../db/database.ts';
import type { PersonIdentity } from '../../http/identity.ts';

/** Somebody who says something: what counts for four eyes, and for whose a word is. */
export interface Human {
  /** Of a service account: of who issued its token. */
  readonly name: string;
  /** Whatever name they have; without an account of the identity provider, the name since access to it was revoked last; empty: neither. */
  readonly account: string;
}

const STATEMENT = `
with behind as (
  select coalesce(person_behind, issued_by) as name, account_behind as account
  from access_tokens where id = $2 and name = $1 and name like 'service-account:%'
), human as (
  select coalesce((select name from behind), $1) as name, (select account from behind) as account
)
select h.name, coalesce(h.account,
  case when p.issuer <> '' then p.issuer || ' ' || p.subject when p.revoked_at is not null then h.name || ' since ' || p.revoked_at end,
  '') as account
from human h left join people p on p.name = h.name`;

/** Who stands behind a credential. Uses access_tokens_id_key and people_pkey; locks nothing. */
export async function findHuman(
  db: Db,
  { name, tokenId }: Pick<PersonIdentity, 'name'> & { readonly tokenId?: string | null | undefined },
): Promise<Human> {
  const { rows } = await db.query<Human>(STATEMENT, [name, tokenId ?? null]);
  return rows[0] ?? { name, account: '' };
}
