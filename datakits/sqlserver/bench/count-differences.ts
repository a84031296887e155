// Compares a loaded generated table with what the generator says, value by value, as text.
import { generatedRow } from '@towpath/tds';
import type { Client } from 'pg';

const ROWS_AT_ONCE = 20_000;
/** More would only repeat the story. */
const SHOWN = 10;

/** One line for each of the first differences; empty when all rows are there with every value. */
export async function countDifferences(client: Client, table: string, rowCount: number): Promise<string[]> {
  const found: string[] = [];
  let next = 1;
  await client.query('begin');
  await client.query(`declare rows no scroll cursor for select ${COLUMNS} from ${table} as loaded order by loaded.id`);
  for (;;) {
    const { rows } = await client.query<(string | null)[]>({
      text: `fetch ${ROWS_AT_ONCE} from rows`,
      rowMode: 'array',
    });
    if (rows.length === 0) break;
    for (const row of rows) found.push(...compareRow(row, next++).slice(0, SHOWN - found.length));
  }
  await client.query('rollback');
  return next - 1 === rowCount ? found : [`${next - 1} rows of ${rowCount}`, ...found];
}

// In the order and the form of `generatedRow`.
const COLUMNS = `id::text, bignumber::text, amount::text, price::text,
  to_char(createdat, 'YYYY-MM-DD HH24:MI:SS.US'),
  to_char(seenat at time zone 'UTC' + seenat_offset_minutes * interval '1 minute', 'YYYY-MM-DD HH24:MI:SS.US')
    || case when seenat_offset_minutes < 0 then ' -' else ' +' end
    || to_char(abs(seenat_offset_minutes) / 60, 'FM00') || ':' || to_char(abs(seenat_offset_minutes) % 60, 'FM00'),
  upper(rowguid::text), note, code, isactive::text, ratio::text, day::text`;

function compareRow(row: readonly (string | null)[], id: number): string[] {
  const expected = generatedRow(id);
  return row.flatMap((text, column) => {
    const value = expected[column] ?? null;
    const isSame =
      typeof value === 'number' ? Number(text) === value : text === (value === null ? null : String(value));
    return isSame ? [] : [`row ${id}, column ${column + 1}: ${String(value)} became ${String(text)}`];
  });
}
