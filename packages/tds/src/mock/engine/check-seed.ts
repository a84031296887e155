// Whether a seed can be sent as it is. Checked before the mock listens: a value that fits no cell would break the stream
// in the middle of a result, and SQLite would change some others without a word.
import { TowpathError } from '@towpath/core';
import type { TypeInfo } from '../../codec/base-types.ts';
import { ByteWriter } from '../../codec/byte-writer.ts';
import { writeCell } from '../../codec/encode-cell.ts';
import { writeTypeInfo } from '../../codec/type-info.ts';
import type { CellValue } from '../../tds-column.ts';
import type { CatalogueTable } from './catalogue.ts';

/** Throws `MOCK_SEED_INVALID`, naming table, row and column, when a value can't be kept and sent exactly. */
export function checkSeed(table: CatalogueTable, rows: readonly (readonly CellValue[])[]): void {
  const checks = table.columns.map((column) => createCheck(column.type));
  rows.forEach((row, rowIndex) => {
    if (row.length !== checks.length) {
      throw refuseSeed(table, rowIndex, `it has ${row.length} values for ${checks.length} columns`);
    }
    row.forEach((value, index) => {
      const problem = checks[index]?.(value);
      if (problem !== undefined) throw refuseSeed(table, rowIndex, `column ${table.columns[index]?.name}: ${problem}`);
    });
  });
}

/** Gives what is wrong with a value of the type. */
function createCheck(type: TypeInfo): (value: CellValue) => string | undefined {
  const wire = writeTypeInfo(new ByteWriter(), type, true);
  return (value) => {
    const problem = findChange(value);
    if (problem !== undefined) return problem;
    try {
      writeCell(new ByteWriter(), wire, value);
      return undefined;
    } catch (error) {
      if (error instanceof TowpathError) return error.reason ?? error.message;
      throw error;
    }
  };
}

/** What SQLite would turn into another value: -0 into 0, NaN into null, half a surrogate pair into U+FFFD. */
function findChange(value: CellValue): string | undefined {
  if (typeof value === 'string') return value.isWellFormed() ? undefined : 'the text has half of a surrogate pair';
  if (typeof value !== 'number') return undefined;
  if (!Number.isFinite(value)) return `SQL Server has no ${value}`;
  return Object.is(value, -0) ? 'the mock does not keep -0' : undefined;
}

function refuseSeed(table: CatalogueTable, rowIndex: number, problem: string): TowpathError {
  return new TowpathError({
    code: 'MOCK_SEED_INVALID',
    message: `Row ${rowIndex + 1} of ${table.schema}.${table.name} can not be seeded: ${problem}.`,
    cause: 'The mock serves seeded values exactly as they are.',
    fix: 'Correct the row; values are as a client reads them.',
  });
}
