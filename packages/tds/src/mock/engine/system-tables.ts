// sys.* and INFORMATION_SCHEMA.* for the tables of a catalogue: enough to list tables and describe their columns.
import type { CellValue } from '../../tds-column.ts';
import type { MockColumn, MockTable } from '../mock-sql-server.ts';
import type { CatalogueColumn, CatalogueTable } from './catalogue.ts';

const CREATED = '2024-01-15 08:00:00.000';
const SCHEMA_ID = 1;
const FIRST_OBJECT_ID = 901_578_250;

/** Type ids of sys.types: name, system_type_id, user_type_id, bytes. */
const TYPES: readonly (readonly [string, number, number, number])[] = [
  ['image', 34, 34, 16],
  ['text', 35, 35, 16],
  ['uniqueidentifier', 36, 36, 16],
  ['date', 40, 40, 3],
  ['time', 41, 41, 5],
  ['datetime2', 42, 42, 8],
  ['datetimeoffset', 43, 43, 10],
  ['tinyint', 48, 48, 1],
  ['smallint', 52, 52, 2],
  ['int', 56, 56, 4],
  ['smalldatetime', 58, 58, 4],
  ['real', 59, 59, 4],
  ['money', 60, 60, 8],
  ['datetime', 61, 61, 8],
  ['float', 62, 62, 8],
  ['ntext', 99, 99, 16],
  ['bit', 104, 104, 1],
  ['decimal', 106, 106, 17],
  ['numeric', 108, 108, 17],
  ['smallmoney', 122, 122, 4],
  ['bigint', 127, 127, 8],
  ['varbinary', 165, 165, 8000],
  ['varchar', 167, 167, 8000],
  ['binary', 173, 173, 8000],
  ['char', 175, 175, 8000],
  ['timestamp', 189, 189, 8],
  ['nvarchar', 231, 231, 8000],
  ['nchar', 239, 239, 8000],
  ['xml', 241, 241, -1],
  ['sysname', 231, 256, 256],
];

/** The system tables that describe `tables` of `database`. */
export function createSystemTables(tables: readonly CatalogueTable[], database: string): MockTable[] {
  return [
    ...createSysTables(tables, database),
    table(
      'INFORMATION_SCHEMA',
      'TABLES',
      INFORMATION_TABLE_COLUMNS,
      tables.map((item) => [database, item.schema, item.name, 'BASE TABLE']),
    ),
    table(
      'INFORMATION_SCHEMA',
      'COLUMNS',
      INFORMATION_COLUMN_COLUMNS,
      tables.flatMap((item) =>
        item.columns.map((column, index) => [database, item.schema, item.name, ...informationRow(column, index)]),
      ),
    ),
  ];
}

function createSysTables(tables: readonly CatalogueTable[], database: string): MockTable[] {
  return [
    table(
      'sys',
      'databases',
      ['name sysname', 'database_id int', 'state_desc nvarchar(60)'],
      [
        ['master', 1, 'ONLINE'],
        [database, 5, 'ONLINE'],
      ],
    ),
    table(
      'sys',
      'schemas',
      ['name sysname', 'schema_id int'],
      [
        ['dbo', SCHEMA_ID],
        ['INFORMATION_SCHEMA', 3],
        ['sys', 4],
      ],
    ),
    table('sys', 'tables', OBJECT_COLUMNS, tables.map(objectRow)),
    table('sys', 'objects', OBJECT_COLUMNS, tables.map(objectRow)),
    table(
      'sys',
      'types',
      TYPE_COLUMNS,
      TYPES.map(([name, system, user, bytes]) => [name, system, user, 4, bytes, system !== user]),
    ),
    table(
      'sys',
      'columns',
      SYS_COLUMN_COLUMNS,
      tables.flatMap((item, at) =>
        item.columns.map((column, index) => [FIRST_OBJECT_ID + at * 16, ...sysColumnRow(column, index)]),
      ),
    ),
    ...createKeyTables(tables),
  ];
}

/** sys.indexes and sys.index_columns with each table's primary key. */
function createKeyTables(tables: readonly CatalogueTable[]): MockTable[] {
  const keyed = tables.map((item, at) => ({ item, objectId: FIRST_OBJECT_ID + at * 16 }));
  return [
    table(
      'sys',
      'indexes',
      INDEX_COLUMNS,
      keyed.map(({ item, objectId }) => [objectId, `PK_${item.name}`, 1, 1, 'CLUSTERED', true, true]),
    ),
    table(
      'sys',
      'index_columns',
      INDEX_COLUMN_COLUMNS,
      keyed.flatMap(({ item, objectId }) =>
        item.columns
          .map((column, index) => ({ column, columnId: index + 1 }))
          .filter(({ column }) => column.primaryKey)
          .map(({ columnId }, index) => [objectId, 1, index + 1, columnId, index + 1]),
      ),
    ),
  ];
}

const OBJECT_COLUMNS = [
  'name sysname',
  'object_id int',
  'schema_id int',
  'type char(2)',
  'type_desc nvarchar(60)',
  'create_date datetime',
  'modify_date datetime',
  'is_ms_shipped bit',
];
const TYPE_COLUMNS = [
  'name sysname',
  'system_type_id tinyint',
  'user_type_id int',
  'schema_id int',
  'max_length smallint',
  'is_user_defined bit',
];
const SYS_COLUMN_COLUMNS = [
  'object_id int',
  'name sysname',
  'column_id int',
  'system_type_id tinyint',
  'user_type_id int',
  'max_length smallint',
  'precision tinyint',
  'scale tinyint',
  'collation_name sysname',
  'is_nullable bit',
  'is_identity bit',
  'is_computed bit',
];
const INDEX_COLUMNS = [
  'object_id int',
  'name sysname',
  'index_id int',
  'type tinyint',
  'type_desc nvarchar(60)',
  'is_unique bit',
  'is_primary_key bit',
];
const INDEX_COLUMN_COLUMNS = [
  'object_id int',
  'index_id int',
  'index_column_id int',
  'column_id int',
  'key_ordinal tinyint',
];
const INFORMATION_TABLE_COLUMNS = [
  'TABLE_CATALOG nvarchar(128)',
  'TABLE_SCHEMA nvarchar(128)',
  'TABLE_NAME sysname',
  'TABLE_TYPE varchar(10)',
];
const INFORMATION_COLUMN_COLUMNS = [
  'TABLE_CATALOG nvarchar(128)',
  'TABLE_SCHEMA nvarchar(128)',
  'TABLE_NAME nvarchar(128)',
  'COLUMN_NAME nvarchar(128)',
  'ORDINAL_POSITION int',
  'COLUMN_DEFAULT nvarchar(4000)',
  'IS_NULLABLE varchar(3)',
  'DATA_TYPE nvarchar(128)',
  'CHARACTER_MAXIMUM_LENGTH int',
  'CHARACTER_OCTET_LENGTH int',
  'NUMERIC_PRECISION tinyint',
  'NUMERIC_SCALE int',
  'DATETIME_PRECISION smallint',
  'COLLATION_NAME nvarchar(128)',
];
const COLLATION = 'SQL_Latin1_General_CP1_CI_AS';

function table(schema: string, name: string, columns: readonly string[], rows: readonly CellValue[][]): MockTable {
  return { schema, name, columns: columns.map(toColumn), rows };
}

function toColumn(declaration: string): MockColumn {
  const [name = '', type = ''] = declaration.split(' ');
  return { name, type, nullable: true };
}

function objectRow(item: CatalogueTable, index: number): CellValue[] {
  return [item.name, FIRST_OBJECT_ID + index * 16, SCHEMA_ID, 'U ', 'USER_TABLE', CREATED, CREATED, false];
}

function declaredName(column: CatalogueColumn): string {
  return column.declared === 'rowversion' ? 'timestamp' : column.type.type;
}

/** Precision and scale as sys.columns has them for exact integers and money. */
const INTEGER_PRECISIONS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ['tinyint', [3, 0]],
  ['smallint', [5, 0]],
  ['int', [10, 0]],
  ['bigint', [19, 0]],
  ['money', [19, 4]],
  ['smallmoney', [10, 4]],
]);

function digitsOf(column: CatalogueColumn): readonly [number, number] {
  return INTEGER_PRECISIONS.get(column.type.type) ?? [column.type.precision, column.type.scale];
}

function isText(column: CatalogueColumn): boolean {
  return column.type.encoding !== 'binary';
}

function sysColumnRow(column: CatalogueColumn, index: number): CellValue[] {
  const type = TYPES.find(([name]) => name === declaredName(column));
  const [precision, scale] = digitsOf(column);
  const bytes = column.type.maxLength ?? -1;
  return [
    column.name,
    index + 1,
    type?.[1] ?? 0,
    type?.[2] ?? 0,
    bytes > 8000 ? 16 : bytes,
    precision,
    scale,
    isText(column) ? COLLATION : null,
    column.nullable,
    column.identity,
    false,
  ];
}

function informationRow(column: CatalogueColumn, index: number): CellValue[] {
  const { type } = column;
  const isSized = isText(column) || ['binary', 'varbinary', 'image'].includes(type.type);
  const octets = isSized ? (type.maxLength ?? -1) : null;
  const characters = octets !== null && octets > 0 && type.encoding === 'utf16le' ? octets / 2 : octets;
  const [precision, scale] = digitsOf(column);
  const isNumber = precision > 0;
  return [
    column.name,
    index + 1,
    null,
    column.nullable ? 'YES' : 'NO',
    declaredName(column),
    characters,
    octets,
    isNumber ? precision : null,
    isNumber ? scale : null,
    /^(date|time|smalldate)/.test(type.type) ? (type.type === 'datetime' ? 3 : type.scale) : null,
    isText(column) ? COLLATION : null,
  ];
}
