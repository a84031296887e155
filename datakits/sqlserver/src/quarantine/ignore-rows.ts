// Rows that shall stay out of bronze, with the reason and who said so.
import type { Client } from 'pg';
import { quoteIdentifier } from '../bronze/target-table.ts';
import { refuseState, refuseUnknown } from './fix-row.ts';
import { listQuarantined } from './quarantined-row.ts';

/** What is said about the rows. */
export interface RowsIgnored {
  readonly ids: readonly string[];
  readonly note: string;
  readonly by: string;
}

/** All of them or none. Errors: `QUARANTINE_ROW_UNKNOWN`, `QUARANTINE_STATE_UNFIT`. */
export async function ignoreRows(client: Client, schema: string, ignored: RowsIgnored): Promise<void> {
  const { ids, note, by } = ignored;
  await client.query('begin');
  try {
    const changed = await client.query<{ id: string }>(
      `update ${quoteIdentifier(schema)}.ingestion_quarantine
          set remediation_status = 'IGNORED', notes = $2, remediated_by = $3, remediated_at = clock_timestamp()
        where quarantine_id = any ($1::bigint[]) and remediation_status not in ('IGNORED', 'SUPERSEDED')
        returning quarantine_id::text as id`,
      [ids, note, by],
    );
    const unchanged = ids.find((id) => !changed.rows.some((row) => row.id === id));
    if (unchanged !== undefined) {
      const [entry] = await listQuarantined(client, schema, { ids: [unchanged] });
      throw entry ? refuseState(unchanged, entry.status) : refuseUnknown(unchanged);
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
