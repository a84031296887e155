import type { ReportDatakits } from '@towpath/api';
import type { z } from 'zod';
import type { Db } from '../../db/database.ts';

/** What an agent says. */
export type InventoryReport = z.output<NonNullable<(typeof ReportDatakits)['body']>>;

const STATEMENT = `
insert into datakit_inventories (environment, agent_id, report)
values ($1, $2, $3)
on conflict (environment) do update
set agent_id = excluded.agent_id, report = excluded.report, observed_at = now()`;

/** Keeps the last report of an environment. Locks its row. Some times an hour. Uses datakit_inventories_pkey. */
export async function saveInventory(
  db: Db,
  { environment, agentId }: { readonly environment: string; readonly agentId: string },
  report: InventoryReport,
): Promise<void> {
  await db.query(STATEMENT, [environment, agentId, JSON.stringify(report)]);
}
