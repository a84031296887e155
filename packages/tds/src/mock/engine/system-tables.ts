// sys.* and INFORMATION_SCHEMA.* for the tables of a catalogue: enough to list tables and describe their columns.
import type { CellValue } from '../../tds-column.ts';
import type { MockTable } from '../mock-sql-server.ts';
import { type CatalogueColumn, type CatalogueTable, collationNameOf, isRowversion } from './catalogue.ts';
import { createKeyTables } from './system-keys.ts';
import { systemTable } from './system-table.ts';
import { createTypesTable, findTypeIds } from './system-types.ts';

const CREATED = '2024-01-15 08:00:00.000';

/** What the system tables are made from. */
export interface SystemFacts {
  readonly database: string;
  readonly tables: readonly CatalogueTable[];
  readonly isSnapshotAllowed: boolean;
  readonly isReadCommittedSnapshot: boolean;
  countRows(table: CatalogueTable): number;
}

/** The system tables that describe the tables of a database, with their rows. */
export function createSystemTables(facts: SystemFacts): MockTable[] {
  return [...createObjectTables(facts), ...createInformationTables(facts), ...createKeyTables(facts)];
}

/** Schema ids as sys.schemas gives them. */
function schemaIds({ tables }: SystemFacts): Map<string, number> {
  const own = new Set(tables.map(({ schema }) => schema).filter((schema) => schema !== 'dbo'));
  const fixed: [string, number][] = [
    ['dbo', 1],
    ['INFORMATION_SCHEMA', 3],
    ['sys', 4],
  ];
  return new Map([...fixed, ...[...own].map((schema, index): [string, number] => [schema, index + 5])]);
}

function createObjectTables(facts: SystemFacts): MockTable[] {
  const { tables } = facts;
  const schemas = schemaIds(facts);
  const objects = tables.map((item) => objectRow(item, schemas.get(item.schema) ?? 1));
  return [
    systemTable('sys', 'databases', DATABASE_COLUMNS, [
      databaseRow('master', 1, facts),
      databaseRow(facts.database, 5, facts),
    ]),
    systemTable(
      'sys',
      'schemas',
      ['name sysname', 'schema_id int', 'principal_id int'],
      [...schemas].map(([name, id]) => [name, id, 1]),
    ),
    systemTable('sys', 'tables', OBJECT_COLUMNS, objects),
    systemTable('sys', 'objects', OBJECT_COLUMNS, objects),
    systemTable('sys', 'all_objects', OBJECT_COLUMNS, objects),
    systemTable('sys', 'views', OBJECT_COLUMNS, []),
    systemTable('sys', 'procedures', OBJECT_COLUMNS, []),
    systemTable(
      'sys',
      'sysobjects',
      ['name sysname', 'id int', 'xtype char(2)', 'uid smallint', 'crdate datetime', 'type char(2)'],
      objects.map(([name = null, id = null, schema = null]) => [name, id, 'U', schema, CREATED, 'U']),
    ),
    createTypesTable(),
    ...['columns', 'all_columns'].map((name) =>
      systemTable(
        'sys',
        name,
        SYS_COLUMN_COLUMNS,
        tables.flatMap((item) => item.columns.map((column, index) => [item.objectId, ...sysColumnRow(column, index)])),
      ),
    ),
  ];
}

function createInformationTables(facts: SystemFacts): MockTable[] {
  const { database, tables } = facts;
  return [
    systemTable(
      'INFORMATION_SCHEMA',
      'TABLES',
      INFORMATION_TABLE_COLUMNS,
      tables.map((item) => [database, item.schema, item.name, 'BASE TABLE']),
    ),
    systemTable(
      'INFORMATION_SCHEMA',
      'SCHEMATA',
      ['CATALOG_NAME nvarchar(128)', 'SCHEMA_NAME nvarchar(128)', 'SCHEMA_OWNER nvarchar(128)'],
      [...schemaIds(facts).keys()].map((name) => [facts.database, name, 'dbo']),
    ),
    systemTable('INFORMATION_SCHEMA', 'ROUTINES', ['SPECIFIC_NAME nvarchar(128)', 'ROUTINE_NAME nvarchar(128)'], []),
    systemTable('INFORMATION_SCHEMA', 'VIEWS', INFORMATION_TABLE_COLUMNS.slice(0, 3), []),
    systemTable(
      'INFORMATION_SCHEMA',
      'COLUMNS',
      INFORMATION_COLUMN_COLUMNS,
      tables.flatMap((item) =>
        item.columns.map((column, index) => [database, item.schema, item.name, ...informationRow(column, index)]),
      ),
    ),
  ];
}

const DATABASE_COLUMNS = [
  'name sysname',
  'database_id int',
  'state tinyint',
  'state_desc nvarchar(60)',
  'compatibility_level tinyint',
  'collation_name sysname',
  'is_read_only bit',
  'snapshot_isolation_state tinyint',
  'snapshot_isolation_state_desc nvarchar(60)',
  'is_read_committed_snapshot_on bit',
];

function databaseRow(name: string, id: number, facts: SystemFacts): CellValue[] {
  const isSnapshot = facts.isSnapshotAllowed;
  const state = [0, 'ONLINE', 160, COLLATION, false];
  return [name, id, ...state, Number(isSnapshot), isSnapshot ? 'ON' : 'OFF', facts.isReadCommittedSnapshot];
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
  'is_rowguidcol bit',
  'is_sparse bit',
  'default_object_id int',
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

function objectRow(item: CatalogueTable, schemaId: number): CellValue[] {
  return [item.name, item.objectId, schemaId, 'U', 'USER_TABLE', CREATED, CREATED, false];
}

function declaredName(column: CatalogueColumn): string {
  return isRowversion(column) ? 'timestamp' : (column.type.udtName ?? column.type.type);
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
  const [systemId, userId] = findTypeIds(declaredName(column));
  const [precision, scale] = digitsOf(column);
  const bytes = column.type.maxLength ?? -1;
  return [
    column.name,
    index + 1,
    systemId,
    userId,
    bytes > 8000 ? 16 : bytes,
    precision,
    scale,
    collationNameOf(column),
    column.nullable,
    column.identity,
    false,
    false,
    false,
    0,
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
    collationNameOf(column),
  ];
}
