// A row in quarantine as the commands see it, and its states.
//
//   PENDING ──fix──▶ FIXED ──replay, load──▶ REPLAYED      SUPERSEDED, from all others: a later load brought the row,
//      │               ▲─────────fix────────────┘│         or put it aside again because it had changed
//      └────────────ignore──────▶ IGNORED ◀──────┘
//
// What is decided about a row stands for as long as its source row is the same: a load that meets it again applies the fix,
// or leaves the row out. Any decision may be taken anew until then.
import type { Client } from 'pg';
import { quoteIdentifier } from '../bronze/target-table.ts';
import type { BadValue } from '../encode/describe-bad-row.ts';

/** All states. */
export const QUARANTINE_STATES = ['PENDING', 'FIXED', 'REPLAYED', 'IGNORED', 'SUPERSEDED'] as const;

/** One row. */
export interface QuarantinedEntry {
  /** A bigint as text. */
  readonly id: string;
  readonly target: string;
  readonly batchId: string;
  readonly runId: string | null;
  readonly rowNumber: string;
  readonly key: Readonly<Record<string, string | null>> | null;
  readonly record: Readonly<Record<string, string | null>>;
  readonly bad: readonly BadValue[];
  readonly fixed: Readonly<Record<string, string | null>> | null;
  readonly status: string;
  /** The last batch that brought the row into bronze with its fix. */
  readonly appliedBatchId: string | null;
  readonly notes: string | null;
  readonly createdAt: string;
}

/** Which rows; what is undefined does not narrow. */
export interface QuarantineFilter {
  readonly ids?: readonly string[] | undefined;
  readonly target?: string | undefined;
  readonly runId?: string | undefined;
  readonly batchId?: string | undefined;
  readonly status?: string | undefined;
  readonly limit?: number | undefined;
}

/** Rows by id. Costs a scan of the table, which holds exceptions. */
export async function listQuarantined(
  client: Client,
  schema: string,
  filter: QuarantineFilter,
): Promise<QuarantinedEntry[]> {
  const found = await client.query<QuarantinedEntry>(
    `select quarantine_id::text as id, target_table as target, batch_id::text as "batchId", run_id as "runId",
            row_number::text as "rowNumber", row_key as key, raw_record as record, bad_values as bad,
            fixed_values as fixed, remediation_status as status, applied_batch_id::text as "appliedBatchId", notes, created_at::text as "createdAt"
       from ${quoteIdentifier(schema)}.ingestion_quarantine
      where ($1::bigint[] is null or quarantine_id = any ($1)) and ($2::text is null or target_table = $2)
        and ($3::text is null or run_id = $3) and ($4::uuid is null or batch_id = $4)
        and ($5::text is null or remediation_status = $5)
      order by quarantine_id limit $6`,
    [
      filter.ids ?? null,
      filter.target ?? null,
      filter.runId ?? null,
      filter.batchId ?? null,
      filter.status ?? null,
      filter.limit ?? null,
    ],
  );
  return found.rows;
}
