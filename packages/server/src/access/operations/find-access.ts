import { AccessPolicySchema, type AccessView } from '@towpath/api';
import { type AccessPolicy, SHIPPED_ACCESS } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** The bindings in force. */
export type FoundAccess = Omit<AccessView, 'policy'> & { readonly policy: AccessPolicy };

interface Row {
  readonly version: number;
  readonly body: unknown;
  readonly applied_at: string;
  readonly applied_by: string;
  readonly note: string | null;
}

const STATEMENT = `
select version, body, applied_at, applied_by, note from access_policies order by version desc limit 1`;

/** The bindings that were applied last; none before. Uses access_policies_pkey; locks nothing. */
export async function findAccess(db: Db): Promise<FoundAccess> {
  const { rows } = await db.query<Row>(STATEMENT);
  const [row] = rows;
  if (!row) return { version: 0, policy: SHIPPED_ACCESS, appliedAt: null, appliedBy: null, note: null };
  const { version, applied_at: appliedAt, applied_by: appliedBy, note } = row;
  return { version, policy: AccessPolicySchema.parse(row.body), appliedAt, appliedBy, note };
}
