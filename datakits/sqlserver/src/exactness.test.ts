import { ALL_TYPES, type CellValue, decodeCell, MOCK_TABLES, type MockColumn, type MockTable } from '@towpath/tds';
import * as testkit from '@towpath/testkit';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { isExact } from './testing/expected-text.ts';
import { type IngestionHarness, startIngestionHarness } from './testing/ingestion-harness.ts';

let harness: IngestionHarness | undefined;

afterEach(async () => {
  await harness?.close();
  harness = undefined;
});

/** Rows of a bronze table as text, in the source's column order, by the first column. */
async function readTexts(
  world: IngestionHarness,
  target: string,
  columns: readonly MockColumn[],
): Promise<(string | null)[][]> {
  const list = columns.map((column) => `${formatRead(column)}`).join(', ');
  const { rows } = await world.bronze.query({
    text: `select ${list} from ${target} as target order by target."${columns[0]?.name.toLowerCase()}"`,
    rowMode: 'array',
  });
  return rows;
}

// A datetimeoffset is put together again from its two columns, as the source writes it.
function formatRead({ name, type }: MockColumn): string {
  const column = `"${name.toLowerCase()}"`;
  if (!type.startsWith('datetimeoffset')) return `${column}::text`;
  const offset = `"${name.toLowerCase()}_offset_minutes"`;
  return `to_char(${column} at time zone 'UTC' + ${offset} * interval '1 minute', 'YYYY-MM-DD HH24:MI:SS.US')
    || to_char(${offset} * interval '1 minute', case when ${offset} < 0 then ' -' else ' +' end)
    || to_char(abs(${offset}) / 60, 'FM00') || ':' || to_char(abs(${offset}) % 60, 'FM00')`;
}

function findDifferences(table: MockTable, texts: readonly (readonly (string | null)[])[]): string[] {
  return table.rows.flatMap((row, rowIndex) =>
    table.columns.flatMap((column, index) => {
      const text = texts[rowIndex]?.[index] ?? null;
      const value = row[index] ?? null;
      const same = isExact(column, value, text);
      return same ? [] : [`row ${rowIndex + 1} ${column.name}: ${String(value)} became ${String(text)}`];
    }),
  );
}

describe('exactness', () => {
  it.each(MOCK_TABLES.map((table) => [table.name, table] as const))(
    'the snapshot of dbo.%s is exact value by value',
    async (name, table) => {
      harness = await startIngestionHarness(testkit);
      await harness.run(['ingest-table', `dbo.${name}`]);
      const texts = await readTexts(harness, `bronze.dbo_${name.toLowerCase()}`, table.columns);
      expect(texts.length).toBe(table.rows.length);
      expect(findDifferences(table, texts)).toEqual([]);
    },
  );

  it('every T-SQL type arrives, its extremes and NULL, value by value', async () => {
    const asText = ALL_TYPES.columns.filter(({ type }) => /^(time|datetime2|datetimeoffset)\(7\)$/.test(type));
    const asBytes = ALL_TYPES.columns.filter(({ type }) => ['hierarchyid', 'geometry', 'geography'].includes(type));
    const options = [
      ...asText.map(({ name }) => `${name}:seventhDigit=text`),
      ...asBytes.map(({ name }) => `${name}:load=bytes`),
    ];
    harness = await startIngestionHarness(testkit, { seed: [ALL_TYPES] });
    await harness.run(['ingest-table', 'AllTypes', ...options.flatMap((option) => ['--column', option])]);
    const { table, columns } = describeAllTypes(asText);
    const texts = await readTexts(harness, 'bronze.dbo_alltypes', columns);
    expect(texts.length).toBe(ALL_TYPES.rows.length);
    expect(findDifferences(table, texts)).toEqual([]);
    const bases = await harness.bronze.query(
      'select variant_base_type as a, variant2_base_type as b, variant3_base_type as c from bronze.dbo_alltypes order by id',
    );
    expect(bases.rows.map(({ a, b, c }) => [a, b, c])).toEqual([
      ['int', 'varchar', 'money'],
      ['decimal(38,10)', 'bigint', 'uniqueidentifier'],
      ['datetime2(7)', 'varbinary', 'datetimeoffset(3)'],
      ['nvarchar', 'bit', 'float'],
      [null, null, null],
    ]);
  });

  it('A33 CLR types: a hierarchyid becomes its text; a geometry is refused until an option says text or bytes', async () => {
    harness = await startIngestionHarness(testkit, { seed: [ALL_TYPES] });
    const load = (...options: string[]): Promise<string[]> =>
      (harness as IngestionHarness).run([
        'ingest-table',
        'AllTypes',
        ...['Time7', 'DateTime2_7', 'DateTimeOffset7'].flatMap((name) => ['--column', `${name}:load=skip`]),
        ...options.flatMap((option) => ['--column', option]),
      ]);
    await expect(load()).rejects.toMatchObject({
      code: 'TYPE_UNMAPPABLE',
      message: expect.stringMatching(/Geometry \(the CLR type geometry; choose .+Geography \(/),
      fix: expect.stringContaining('load=skip'),
    });
    await load('Geometry:load=text', 'Geography:load=skip');
    expect(
      (
        await harness.bronze.query('select hierarchyid as h, geometry as g from bronze.dbo_alltypes order by id')
      ).rows.slice(0, 2),
    ).toEqual([
      { h: '/1/2/', g: 'POINT (1 2)' },
      { h: '/', g: 'POINT (0 0)' },
    ]);
  });

  it('random schemas with random rows arrive as they left, whatever their columns, loaded two at a time', async () => {
    const column = fc
      .constantFrom(...TYPES)
      .chain(([type, value]) =>
        fc.record({ type: fc.constant(type), value: fc.constant(value), nullable: fc.boolean() }),
      );
    const shape = fc.array(column, { minLength: 1, maxLength: 15 }).chain((columns) =>
      fc.record({
        columns: fc.constant(
          columns.map(({ type, nullable }, at): MockColumn => ({ name: `C ${at}`, type, nullable })),
        ),
        rows: fc.array(
          fc.tuple(
            ...columns.map(({ value, nullable }): fc.Arbitrary<CellValue> => (nullable ? fc.option(value) : value)),
          ),
          { maxLength: 40 },
        ),
      }),
    );
    const tables = fc.sample(shape, { numRuns: 25, seed: 20_261_126 }).map(
      ({ columns, rows }, at): MockTable => ({
        schema: 'dbo',
        name: `Random ${at}`,
        columns: [{ name: 'id', type: 'int', nullable: false }, ...columns],
        rows: rows.map((row, index) => [index + 1, ...row]),
      }),
    );
    harness = await startIngestionHarness(testkit, { seed: tables });
    const lines = await harness.run(['ingest-all', '--batch-size', '7']);
    expect(lines.at(-1)).toMatch(/^25 tables: 25 succeeded/);
    for (const [at, table] of tables.entries()) {
      const texts = await readTexts(harness, `bronze.dbo_random_${at}`, table.columns);
      expect(texts.length).toBe(table.rows.length);
      expect(findDifferences(table, texts)).toEqual([]);
    }
  });

  it('random values of every mapped type arrive as they left', async () => {
    const rows = fc.sample(fc.tuple(...VALUES.map((value) => fc.option(value, { freq: 6 }))), {
      numRuns: 400,
      seed: 20_261_121,
    });
    const table: MockTable = {
      schema: 'dbo',
      name: 'Anything',
      columns: [{ name: 'id', type: 'int', nullable: false }, ...COLUMNS],
      rows: rows.map((row, index) => [index + 1, ...row]),
    };
    harness = await startIngestionHarness(testkit, { seed: [table] });
    await harness.run(['ingest-table', 'Anything']);
    const texts = await readTexts(harness, 'bronze.dbo_anything', table.columns);
    expect(texts.length).toBe(400);
    expect(findDifferences(table, texts).slice(0, 10)).toEqual([]);
  });
});

/** AllTypes as it must be found: seventh digits as text, variants as the text of what is in them. */
function describeAllTypes(asText: readonly MockColumn[]): { table: MockTable; columns: readonly MockColumn[] } {
  const columns = ALL_TYPES.columns.map((column): MockColumn => {
    if (asText.includes(column) || column.type === 'sql_variant') return { ...column, type: 'nvarchar(max)' };
    return ['hierarchyid', 'geometry', 'geography'].includes(column.type)
      ? { ...column, type: 'varbinary(max)' }
      : column;
  });
  const rows = ALL_TYPES.rows.map((row) =>
    row.map((value, at) => (ALL_TYPES.columns[at]?.type === 'sql_variant' ? showVariant(value) : value)),
  );
  return { table: { ...ALL_TYPES, columns, rows }, columns };
}

function showVariant(raw: CellValue): string | null {
  if (!Buffer.isBuffer(raw)) return null;
  const column = {
    name: '',
    type: 'sql_variant',
    maxLength: 8016,
    precision: 0,
    scale: 0,
    nullable: true,
    encoding: 'binary',
  } as const;
  const value = decodeCell(column, raw, 0, raw.length);
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex').toUpperCase()}`;
  return typeof value === 'boolean' ? String(Number(value)) : String(value);
}

const digits = (integer: number, fraction: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.bigInt({ min: -(10n ** BigInt(integer + fraction)) + 1n, max: 10n ** BigInt(integer + fraction) - 1n }),
      fc.boolean(),
    )
    // Half of them small, where zeros lead and trail.
    .map(([value, isSmall]) =>
      formatScaled(isSmall ? value / 10n ** BigInt(Math.floor((integer + fraction) / 2)) : value, fraction),
    );

function formatScaled(value: bigint, scale: number): string {
  const text = String(value < 0n ? -value : value).padStart(scale + 1, '0');
  const sign = value < 0n ? '-' : '';
  return scale === 0 ? sign + text : `${sign}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
const time = (scale: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(23), fc.nat(59), fc.nat(59), fc.nat(10 ** scale - 1))
    .map(([h, m, s, f]) => `${two(h)}:${two(m)}:${two(s)}${scale === 0 ? '' : `.${String(f).padStart(scale, '0')}`}`);
const day = (from: string, to: string): fc.Arbitrary<string> =>
  fc
    .date({ min: new Date(`${from}T00:00:00Z`), max: new Date(`${to}T00:00:00Z`), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> => fc.tuple(...parts).map((all) => all.join(' '));
const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: 'binary', maxLength }).filter((value) => !value.includes('\0') && value.isWellFormed());
const bytes = (minLength: number, maxLength: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength, maxLength }).map((array) => Buffer.from(array));
const offset = fc.integer({ min: -14 * 60, max: 14 * 60 }).map((minutes) => {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
});
// datetime ends in .000, .003 or .007.
const datetimeFraction = fc
  .tuple(fc.nat(99), fc.constantFrom('0', '3', '7'))
  .map(([tens, last]) => `.${two(tens)}${last}`);

// The mock refuses to seed -0; row-encoder.test.ts has it.
function isKept(value: number): boolean {
  return !Object.is(value, -0);
}

const TYPES: readonly (readonly [string, fc.Arbitrary<CellValue>])[] = [
  ['bit', fc.boolean()],
  ['tinyint', fc.nat(255)],
  ['smallint', fc.integer({ min: -32_768, max: 32_767 })],
  ['int', fc.integer()],
  ['bigint', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['real', fc.float({ noNaN: true, noDefaultInfinity: true }).filter(isKept)],
  ['float', fc.double({ noNaN: true, noDefaultInfinity: true }).filter(isKept)],
  ['decimal(5,0)', digits(5, 0)],
  ['decimal(9,3)', digits(6, 3)],
  ['decimal(18,4)', digits(14, 4)],
  ['decimal(28,17)', digits(11, 17)],
  ['numeric(38,0)', digits(38, 0)],
  ['numeric(38,10)', digits(28, 10)],
  ['numeric(38,38)', digits(0, 38)],
  ['money', fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => formatScaled(value, 4))],
  ['smallmoney', fc.integer().map((value) => formatScaled(BigInt(value), 4))],
  ['date', day('0001-01-01', '9999-12-31')],
  ['time(0)', time(0)],
  ['time(3)', time(3)],
  ['time(6)', time(6)],
  ['datetime2(0)', join(day('0001-01-01', '9999-12-31'), time(0))],
  ['datetime2(6)', join(day('0001-01-01', '9999-12-31'), time(6))],
  [
    'datetime',
    fc.tuple(join(day('1753-01-01', '9999-12-31'), time(0)), datetimeFraction).map((parts) => parts.join('')),
  ],
  ['datetimeoffset(6)', join(day('0002-01-01', '9998-12-31'), time(6), offset)],
  ['nvarchar(40)', text(20)],
  ['nvarchar(max)', text(3_000)],
  ['varchar(60)', fc.string({ unit: fc.constantFrom(...'aZ09 ~éßÿ€Š’'), maxLength: 60 })],
  ['binary(8)', bytes(8, 8)],
  ['varbinary(max)', bytes(0, 2_000)],
  ['uniqueidentifier', fc.uuid().map((value) => value.toUpperCase())],
];
const COLUMNS: readonly MockColumn[] = TYPES.map(([type], index) => ({ name: `c${index}`, type, nullable: true }));
const VALUES = TYPES.map(([, value]) => value);
