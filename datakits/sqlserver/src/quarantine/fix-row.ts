// Good values in place of the bad ones of a row. They are tried against the column types at once; loading them is `replay`.
import { TowpathError } from '@towpath/core';
import type { Client } from 'pg';
import { readPublishedColumns } from '../bronze/check-target.ts';
import type { PublishedColumns } from '../bronze/schema-change.ts';
import { quoteIdentifier, readTargetName } from '../bronze/target-table.ts';
import { listQuarantined, type QuarantinedEntry } from './quarantined-row.ts';

/** What is said about a row. */
export interface RowFix {
  readonly id: string;
  /** By bronze column; null is NULL. */
  readonly values: Readonly<Record<string, string | null>>;
  readonly note: string | undefined;
  readonly by: string;
}

/**
 * Keeps the values; until it is overtaken a row may be fixed again. Errors: `QUARANTINE_ROW_UNKNOWN`, `QUARANTINE_STATE_UNFIT`,
 * `QUARANTINE_FIX_INVALID`.
 */
export async function fixRow(client: Client, schema: string, fix: RowFix): Promise<void> {
  const [entry] = await listQuarantined(client, schema, { ids: [fix.id] });
  if (!entry) throw refuseUnknown(fix.id);
  const columns = await readPublishedColumns(client, readTargetName(entry.target));
  await checkValues(client, columns, entry, fix);
  const fixed = await client.query(
    `update ${quoteIdentifier(schema)}.ingestion_quarantine
        set fixed_values = $2, remediation_status = 'FIXED', notes = coalesce($3, notes), remediated_by = $4,
            remediated_at = clock_timestamp()
      where quarantine_id = $1 and remediation_status <> 'SUPERSEDED'`,
    [fix.id, JSON.stringify(fix.values), fix.note ?? null, fix.by],
  );
  if (fixed.rowCount !== 1) throw refuseState(fix.id, entry.status);
}

async function checkValues(
  client: Client,
  columns: PublishedColumns,
  entry: QuarantinedEntry,
  { values }: RowFix,
): Promise<void> {
  const missing = entry.bad.filter(({ target }) => !Object.hasOwn(values, target));
  if (missing.length > 0) {
    throw refuseFix(`It gives no value for ${missing.map(({ target }) => target).join(', ')}.`);
  }
  for (const [name, value] of Object.entries(values)) {
    const type = columns.get(name);
    if (!type || name.startsWith('_')) throw refuseFix(`${entry.target} has no column ${name} that a source fills.`);
    const isExact = await tryValue(client, type, value).catch((error: Error) => {
      throw refuseFix(`${name} is ${type}: ${error.message}`);
    });
    if (!isExact) throw refuseFix(`${name} is ${type}: ${value} has more digits than that keeps.`);
  }
}

// A cast rounds without a word.
async function tryValue(client: Client, type: string, value: string | null): Promise<boolean> {
  const whole = type.startsWith('numeric') ? 'numeric' : type;
  const found = await client.query<{ same: boolean }>(
    `select ($1::text::${type}) is not distinct from ($1::text::${whole}) as same`,
    [value],
  );
  const hasSeventhDigit = /^time/.test(type) && /\.\d{6}\d*[1-9]/.test(value ?? '');
  return (found.rows[0]?.same ?? false) && !hasSeventhDigit;
}

/** The row is not there. */
export function refuseUnknown(id: string): TowpathError {
  return new TowpathError({
    code: 'QUARANTINE_ROW_UNKNOWN',
    message: `There is no row ${id} in quarantine.`,
    fix: 'Look with `datakit-sqlserver quarantine list`.',
  });
}

/** The row is in a state in which this can't be done. */
export function refuseState(id: string, status: string): TowpathError {
  return new TowpathError({
    code: 'QUARANTINE_STATE_UNFIT',
    message: `Row ${id} is ${status}.`,
    cause: 'A later load has brought this row, or put it aside anew.',
    fix: 'Look with `datakit-sqlserver quarantine list`.',
  });
}

function refuseFix(cause: string): TowpathError {
  return new TowpathError({
    code: 'QUARANTINE_FIX_INVALID',
    message: 'This does not mend the row.',
    cause,
    fix: 'Give a value that casts to its column for each bad one: --set column=value, or --set-null column.',
  });
}
