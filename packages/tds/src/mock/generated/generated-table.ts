// Tables of any size that exist by their name alone: dbo.Generated_1000000 has a million rows. Every value follows from the
// number of its row, so a test can say what must have arrived.
import { formatDecimal } from '../../codec/decimal.ts';
import { DAYS_TO_1900, formatDate, formatOffset, formatTime } from '../../codec/temporal.ts';
import type { CellValue } from '../../tds-column.ts';
import type { MockColumn } from '../mock-sql-server.ts';
import { LARGE_COLUMNS, LARGE_ROWS } from './large-columns.ts';

/** After so many rows all columns but Id, BigNumber, RowGuid and RowVer repeat. */
export const GENERATED_PERIOD = 1000;

const COLUMNS: readonly MockColumn[] = [
  { name: 'Id', type: 'int', nullable: false, primaryKey: true },
  { name: 'BigNumber', type: 'bigint', nullable: false },
  { name: 'Amount', type: 'decimal(18,4)', nullable: false },
  { name: 'Price', type: 'money', nullable: false },
  { name: 'CreatedAt', type: 'datetime2(6)', nullable: false },
  { name: 'SeenAt', type: 'datetimeoffset(6)', nullable: false },
  { name: 'RowGuid', type: 'uniqueidentifier', nullable: false },
  { name: 'Note', type: 'nvarchar(60)', nullable: true },
  { name: 'Code', type: 'varchar(20)', nullable: false },
  { name: 'IsActive', type: 'bit', nullable: false },
  { name: 'Ratio', type: 'float', nullable: false },
  { name: 'Day', type: 'date', nullable: false },
];

const VERSION_COLUMN: MockColumn = { name: 'RowVer', type: 'rowversion', nullable: false };

/**
 * A generated table: `Generated_<rows>` with 12 columns, `Versioned_<rows>` with a rowversion besides, or
 * `LargeCells_<bytes>` with a few rows of large cells.
 */
export interface GeneratedTable {
  readonly name: string;
  /** Size of its large cells in bytes; 0 when it has none. */
  readonly cellBytes: number;
  readonly rowCount: number;
  readonly columns: readonly MockColumn[];
}

const NAME = /^(Generated|Versioned|LargeCells)_(\d{1,10})$/i;
/** Id is an int, and a cell has at most 2 GiB. */
const MAX_ROWS = 2_147_483_647;

/** The table of this name, which is in schema dbo; undefined for any other name. */
export function findGeneratedTable(name: string): GeneratedTable | undefined {
  const match = NAME.exec(name);
  const size = Number(match?.[2] ?? Number.POSITIVE_INFINITY);
  if (!match || size > MAX_ROWS) return undefined;
  switch (match[1]?.toLowerCase()) {
    case 'largecells':
      return { name: `LargeCells_${size}`, rowCount: LARGE_ROWS, cellBytes: size, columns: LARGE_COLUMNS };
    case 'versioned':
      return { name: `Versioned_${size}`, rowCount: size, cellBytes: 0, columns: [...COLUMNS, VERSION_COLUMN] };
    default:
      return { name: `Generated_${size}`, rowCount: size, cellBytes: 0, columns: COLUMNS };
  }
}

/**
 * The values of row `id` (from 1) as `decodeCell` gives them: 13, the last is the first rowversion of `Versioned_…`. A
 * smaller `count` leaves the last ones out.
 */
export function generatedRow(id: number, count = 13): CellValue[] {
  const phase = (id - 1) % GENERATED_PERIOD;
  periods[phase] ??= createPeriodRow(phase);
  const row = periods[phase].slice(0, count);
  row[0] = id;
  row[1] = BigInt(bigNumberOf(id));
  row[6] = `7D5C0B8E-${hex(phase, 4)}-4A6F-9C1B-2E3D${hex(id, 8)}`;
  if (count > 12) row[12] = versionOf(id);
  return row;
}

/** Rows of one period, made when they are first asked for. */
const periods: CellValue[][] = [];

/** A row of the period with null where the values differ from period to period. */
function createPeriodRow(phase: number): CellValue[] {
  const day = phase * 13;
  const offset = ((phase % 57) - 28) * 30;
  return [
    null,
    null,
    formatDecimal(BigInt(phase * 1_234_567_891 + 17) * (phase % 2 === 0 ? 1n : -1n), 4),
    formatDecimal(BigInt(phase * 98_765_432) - 500_000n, 4),
    `${formatDate(DAYS_TO_1900 + 43_000 + day)} ${formatTime(phase * 86_399_123, 6)}`,
    `${formatDate(DAYS_TO_1900 + 44_000 + day)} ${formatTime(phase * 86_123_457, 6)} ${formatOffset(offset)}`,
    null,
    noteOf(phase),
    `C-${String(phase).padStart(4, '0')}-é`,
    phase % 3 === 0,
    phase / 7 - 50,
    formatDate(DAYS_TO_1900 + 36_524 + phase * 11),
    null,
  ];
}

/** Column BigNumber of row `id`: beyond 32 bits, and exact as a double. */
export function bigNumberOf(id: number): number {
  return id * 1_000_003 + 4_294_967_296;
}

function noteOf(phase: number): string | null {
  if (phase % 10 === 0) return null;
  return phase % 10 === 1 ? '' : `note ${phase} – ${'東京 €'.repeat((phase % 4) + 1)}`;
}

function versionOf(id: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(id, 4);
  return bytes;
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}
