// dbo.AllTypes: a column for every T-SQL type, a row for each of their edges.
import { parseDeclaredType } from '../../codec/declared-type.ts';
import { encodeVariant } from '../../codec/variant.ts';
import type { CellValue, TdsEncoding } from '../../tds-column.ts';
import type { MockColumn, MockTable } from '../mock-sql-server.ts';

/** Name, type, and the values of the rows: typical, smallest, largest, empty (or another edge where there is no empty value). */
type TypeRow = readonly [name: string, type: string, ...values: readonly [CellValue, CellValue, CellValue, CellValue]];

const NINES = '9'.repeat(38);

const NUMBERS: readonly TypeRow[] = [
  ['TinyInt', 'tinyint', 42, 0, 255, 1],
  ['SmallInt', 'smallint', -42, -32_768, 32_767, 0],
  ['Int', 'int', 42, -2_147_483_648, 2_147_483_647, 0],
  ['BigInt', 'bigint', 42n, -9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n, 0n],
  ['Bit', 'bit', true, false, true, false],
  ['Decimal9', 'decimal(9,2)', '1234567.89', '-9999999.99', '9999999.99', '0.00'],
  ['Decimal19', 'decimal(19,4)', '12.3400', `-${'9'.repeat(15)}.9999`, `${'9'.repeat(15)}.9999`, '0.0000'],
  [
    'Decimal28',
    'decimal(28,10)',
    '0.0000000001',
    `-${'9'.repeat(18)}.9999999999`,
    `${'9'.repeat(18)}.9999999999`,
    '0.0000000000',
  ],
  ['Decimal38', 'decimal(38,0)', '18446744073709551616', `-${NINES}`, NINES, '0'],
  ['Numeric38', 'numeric(38,38)', `0.${'1'.repeat(38)}`, `-0.${NINES}`, `0.${NINES}`, `0.${'0'.repeat(38)}`],
  ['Money', 'money', '12.3456', '-922337203685477.5808', '922337203685477.5807', '0.0000'],
  ['SmallMoney', 'smallmoney', '-0.0001', '-214748.3648', '214748.3647', '0.0000'],
  ['Real', 'real', 0.5, -3.4028234663852886e38, 3.4028234663852886e38, 1.401298464324817e-45],
  ['Float', 'float', 0.1, -1.7976931348623157e308, 1.7976931348623157e308, 5e-324],
];

const TIMES: readonly TypeRow[] = [
  ['Date', 'date', '2024-02-29', '0001-01-01', '9999-12-31', '1900-01-01'],
  ['Time0', 'time(0)', '12:34:56', '00:00:00', '23:59:59', '00:00:01'],
  ['Time3', 'time(3)', '12:34:56.789', '00:00:00.000', '23:59:59.999', '00:00:00.001'],
  ['Time7', 'time(7)', '12:34:56.7890120', '00:00:00.0000000', '23:59:59.9999999', '00:00:00.0000001'],
  [
    'SmallDateTime',
    'smalldatetime',
    '2024-02-29 12:34:00',
    '1900-01-01 00:00:00',
    '2079-06-06 23:59:00',
    '1900-01-01 00:01:00',
  ],
  [
    'DateTime',
    'datetime',
    '2024-02-29 12:34:56.787',
    '1753-01-01 00:00:00.000',
    '9999-12-31 23:59:59.997',
    '1900-01-01 00:00:00.003',
  ],
  [
    'DateTime2_0',
    'datetime2(0)',
    '2024-02-29 12:34:56',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59',
    '1900-01-01 00:00:00',
  ],
  [
    'DateTime2_6',
    'datetime2(6)',
    '2024-02-29 12:34:56.789012',
    '0001-01-01 00:00:00.000000',
    '9999-12-31 23:59:59.999999',
    '1900-01-01 00:00:00.000001',
  ],
  [
    'DateTime2_7',
    'datetime2(7)',
    '2024-02-29 12:34:56.7890120',
    '0001-01-01 00:00:00.0000000',
    '9999-12-31 23:59:59.9999999',
    '1900-01-01 00:00:00.0000001',
  ],
  [
    'DateTimeOffset0',
    'datetimeoffset(0)',
    '2024-02-29 12:34:56 +05:30',
    '0001-01-01 14:00:00 +14:00',
    '9999-12-31 09:59:59 -14:00',
    '1900-01-01 00:00:00 +00:00',
  ],
  [
    'DateTimeOffset7',
    'datetimeoffset(7)',
    '2024-02-29 12:34:56.7890120 -03:30',
    '0001-01-01 00:00:00.0000000 -14:00',
    '9999-12-31 23:59:59.9999999 +14:00',
    '1900-01-01 00:00:00.0000001 +00:01',
  ],
];

const TEXTS: readonly TypeRow[] = [
  ['Char', 'char(10)', 'char      ', 'ÿ'.repeat(10), '~'.repeat(10), ' '.repeat(10)],
  ['VarChar', 'varchar(50)', 'Ünïcödé € 1252', ' leading', 'x'.repeat(50), ''],
  ['VarCharMax', 'varchar(max)', 'max', 'tab\tand\nline', 'm'.repeat(20_000), ''],
  ['NChar', 'nchar(5)', '東京   ', '\u0001    ', '\uffff'.repeat(5), '     '],
  ['NVarChar', 'nvarchar(50)', '東京 😀', '\u0001', '\u{10ffff}'.repeat(25), ''],
  ['NVarCharMax', 'nvarchar(max)', 'Straße', 'trailing ', '長'.repeat(12_000), ''],
  ['SysName', 'sysname', 'name', 'n', 'n'.repeat(128), ''],
  ['Text', 'text', 'old text é', '-', 't'.repeat(9000), ''],
  ['NText', 'ntext', 'old ntext 東', '-', 'n'.repeat(5000), ''],
  ['Xml', 'xml', '<a b="1">é</a>', '<a/>', `<a>${'x'.repeat(9000)}</a>`, ''],
];

const PAGE_TEXTS: readonly (readonly [TdsEncoding, string])[] = [
  ['utf8', 'ünïcode 東京 😀'],
  ['cp437', 'Ç█ß'],
  ['cp850', 'Øß┐'],
  ['cp874', 'ไทย'],
  ['cp932', '東京カナ'],
  ['cp936', '北京鸭'],
  ['cp949', '서울한'],
  ['cp950', '臺北'],
  ['cp1250', 'Zażółć'],
  ['cp1251', 'Иван'],
  ['cp1253', 'Αθήνα'],
  ['cp1254', 'İstanbul'],
  ['cp1255', 'שלום'],
  ['cp1256', 'سلام'],
  ['cp1257', 'Rīga'],
  ['cp1258', 'Đăng'],
];

const BYTES: readonly TypeRow[] = [
  [
    'Binary',
    'binary(4)',
    Buffer.from('01020304', 'hex'),
    Buffer.alloc(4),
    Buffer.alloc(4, 0xff),
    Buffer.from('00000001', 'hex'),
  ],
  ['VarBinary', 'varbinary(50)', Buffer.from('dead', 'hex'), Buffer.alloc(1), Buffer.alloc(50, 0xff), Buffer.alloc(0)],
  [
    'VarBinaryMax',
    'varbinary(max)',
    Buffer.from('beef', 'hex'),
    Buffer.alloc(1),
    Buffer.alloc(20_000, 0x5c),
    Buffer.alloc(0),
  ],
  ['Image', 'image', Buffer.from('cafe', 'hex'), Buffer.alloc(1), Buffer.alloc(9000, 0x0a), Buffer.alloc(0)],
  [
    'Guid',
    'uniqueidentifier',
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '00000000-0000-0000-0000-000000000001',
  ],
  // `/1/2/`, the root, `/15/15/`, `/8/`.
  [
    'HierarchyId',
    'hierarchyid',
    Buffer.from('5b40', 'hex'),
    Buffer.alloc(0),
    Buffer.from('bf7c', 'hex'),
    Buffer.from('a2', 'hex'),
  ],
  ['Geometry', 'geometry', point(0, 1, 2), point(0, 0, 0), point(0, 1e9, -1e9), point(0, -0.5, 0.25)],
  [
    'Geography',
    'geography',
    point(4326, 52.52, 13.405),
    point(4326, -90, -180),
    point(4326, 90, 180),
    point(4326, 0, 0),
  ],
];

const VARIANTS: readonly TypeRow[] = [
  [
    'Variant',
    'sql_variant',
    variant('int', 42),
    variant('decimal(38,10)', '-1.0000000001'),
    variant('datetime2(7)', '9999-12-31 23:59:59.9999999'),
    variant('nvarchar(10)', ''),
  ],
  [
    'Variant2',
    'sql_variant',
    variant('varchar(20)', 'Grüße'),
    variant('bigint', -9_223_372_036_854_775_808n),
    variant('varbinary(8)', Buffer.from('00ff', 'hex')),
    variant('bit', false),
  ],
  [
    'Variant3',
    'sql_variant',
    variant('money', '1.5000'),
    variant('uniqueidentifier', '6F9619FF-8B86-D011-B42D-00C04FC964FF'),
    variant('datetimeoffset(3)', '2024-02-29 12:34:56.789 +02:00'),
    variant('float', 0.1),
  ],
];

const ROWS: readonly TypeRow[] = [...NUMBERS, ...TIMES, ...TEXTS, ...PAGE_TEXTS.map(toPageRow), ...BYTES, ...VARIANTS];
/** Rows 1 to 4 have the values above, row 5 is NULL. */
const ROW_COUNT = 5;

/** 5 rows. Values of sql_variant are their raw cells (`encodeVariant`); `decodeCell` gives what is in them. */
export const ALL_TYPES: MockTable = {
  schema: 'dbo',
  name: 'AllTypes',
  columns: [
    { name: 'Id', type: 'int', nullable: false, primaryKey: true },
    ...ROWS.map(([name, type], index): MockColumn => toColumn(name, type, index)),
    { name: 'RowVer', type: 'rowversion', nullable: false },
  ],
  rows: Array.from({ length: ROW_COUNT }, (_, row) => [
    row + 1,
    ...ROWS.map((values) => values[row + 2] ?? null),
    Buffer.from([0, 0, 0, 0, 0, 0, 0x20, row]),
  ]),
};

function toColumn(name: string, type: string, index: number): MockColumn {
  const page = PAGE_TEXTS[index - NUMBERS.length - TIMES.length - TEXTS.length];
  return page ? { name, type, nullable: true, encoding: page[0] } : { name, type, nullable: true };
}

function toPageRow([encoding, text]: readonly [TdsEncoding, string]): TypeRow {
  return [`VarChar_${encoding}`, 'varchar(60)', text, 'ascii', `${text} ${text}`, ''];
}

function point(srid: number, x: number, y: number): Buffer {
  const bytes = Buffer.alloc(22);
  bytes.writeInt32LE(srid, 0);
  bytes.writeUInt8(1, 4);
  bytes.writeUInt8(0x0c, 5);
  bytes.writeDoubleLE(x, 6);
  bytes.writeDoubleLE(y, 14);
  return bytes;
}

function variant(type: string, value: Exclude<CellValue, null>): Buffer {
  const declared = parseDeclaredType(type);
  if (!declared) throw new RangeError(`${type} is no type.`);
  return encodeVariant(declared, value);
}
