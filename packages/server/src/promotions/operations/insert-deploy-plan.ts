import type { Db } from '../../db/database.ts';

/** What an agent says of the plan that it made, or could not make. */
export interface MadeDeployPlan {
  readonly promotionId: string;
  readonly agentId: string;
  readonly file: { readonly sha256: string; readonly sizeBytes: number } | null;
  readonly output: string;
  readonly isOutputCut: boolean;
  readonly error: { readonly code: string; readonly message: string } | null;
  /** How long it counts. */
  readonly hours: number;
}

const STATEMENT = `
insert into deploy_plans (promotion_id, agent_id, sha256, size_bytes, output, is_output_cut, error_code, error_message, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9 * interval '1 hour')
returning id`;

/** Keeps a plan; the one before is withdrawn by then, or deploy_plans_current_key refuses. Returns its id. */
export async function insertDeployPlan(db: Db, plan: MadeDeployPlan): Promise<string> {
  const { promotionId, agentId, file, output, isOutputCut, error, hours } = plan;
  const values = [promotionId, agentId, file?.sha256 ?? null, file?.sizeBytes ?? null, output, isOutputCut];
  const { rows } = await db.query<{ id: string }>(STATEMENT, [
    ...values,
    error?.code ?? null,
    error?.message ?? null,
    hours,
  ]);
  const [row] = rows;
  if (!row) throw new Error('insert into deploy_plans returned no row');
  return row.id;
}
