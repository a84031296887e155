import type { Db } from '../../db/database.ts';
import type { ProvenPerson } from '../oidc/oidc-client.ts';

const STATEMENT = 'update people set groups = $2 where name = $1 and groups is distinct from $2';

/** Keeps the groups somebody came with: what they signed counts as long as these give the role. Uses people_pkey. */
export async function keepGroups(db: Db, { name, groups }: Pick<ProvenPerson, 'name' | 'groups'>): Promise<void> {
  await db.query(STATEMENT, [name, groups]);
}
