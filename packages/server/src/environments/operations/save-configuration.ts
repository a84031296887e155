import type { ReportConfiguration } from '@towpath/api';
import type { z } from 'zod';
import type { Db } from '../../db/database.ts';

/** What an agent says. */
export type ConfigurationReport = z.output<NonNullable<(typeof ReportConfiguration)['body']>>;

const STATEMENT = `
insert into environment_configurations (environment, agent_id, hash, report)
values ($1, $2, $3, $4)
on conflict (environment, agent_id) do update
set hash = excluded.hash, report = excluded.report, reported_at = now()`;

/** Keeps the last report of an agent. With each load of its code. Uses environment_configurations_pkey. */
export async function saveConfiguration(
  db: Db,
  agent: { readonly environment: string; readonly agentId: string },
  report: ConfigurationReport,
): Promise<void> {
  await db.query(STATEMENT, [agent.environment, agent.agentId, report.hash, JSON.stringify(report)]);
}
