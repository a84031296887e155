import { type PolicyView, PromotionPolicySchema } from '@towpath/api';
import { type PromotionPolicy, SHIPPED_POLICY } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** The policy in force. */
export type FoundPolicy = Omit<PolicyView, 'policy' | 'rules'> & { readonly policy: PromotionPolicy };

interface Row {
  readonly version: number;
  readonly body: unknown;
  readonly applied_at: string;
  readonly applied_by: string;
  readonly note: string | null;
}

const STATEMENT = `
select version, body, applied_at, applied_by, note from promotion_policies order by version desc limit 1`;

const SHIPPED: FoundPolicy = { version: 0, policy: SHIPPED_POLICY, appliedAt: null, appliedBy: null, note: null };

/** The policy that was applied last, or the shipped one. Uses promotion_policies_pkey; locks nothing. */
export async function findPolicy(db: Db): Promise<FoundPolicy> {
  const { rows } = await db.query<Row>(STATEMENT);
  const [row] = rows;
  if (!row) return SHIPPED;
  const { version, applied_at: appliedAt, applied_by: appliedBy, note } = row;
  return { version, policy: PromotionPolicySchema.parse(row.body), appliedAt, appliedBy, note };
}
