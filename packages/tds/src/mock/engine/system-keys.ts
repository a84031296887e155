// Keys, sizes and what else clients ask about a table beside its columns: primary keys as indexes and constraints, row
// counts for estimates, and the things no table here has (foreign keys, change tracking), as empty tables.
import type { CellValue } from '../../tds-column.ts';
import type { MockTable } from '../mock-sql-server.ts';
import type { CatalogueTable } from './catalogue.ts';
import { systemTable } from './system-table.ts';

/** What the tables are made from. */
interface KeyFacts {
  readonly database: string;
  readonly tables: readonly CatalogueTable[];
  countRows(table: CatalogueTable): number;
}

/** The tables, with their rows. */
export function createKeyTables(facts: KeyFacts): MockTable[] {
  return [...createIndexTables(facts), ...createConstraintTables(facts), ...createSizeTables(facts), ...EMPTY_TABLES];
}

function keyColumns({ columns }: CatalogueTable): { readonly name: string; readonly columnId: number }[] {
  return columns
    .map((column, index) => ({ name: column.name, columnId: index + 1, isKey: column.primaryKey }))
    .filter(({ isKey }) => isKey);
}

/** A table without a key is a heap: index 0 without a name. */
function createIndexTables({ tables }: KeyFacts): MockTable[] {
  return [
    systemTable('sys', 'indexes', INDEX_COLUMNS, tables.map(indexRow)),
    systemTable(
      'sys',
      'index_columns',
      INDEX_COLUMN_COLUMNS,
      tables.flatMap((item) =>
        keyColumns(item).map(({ columnId }, index) => [item.objectId, 1, index + 1, columnId, index + 1, false, false]),
      ),
    ),
  ];
}

const INDEX_COLUMNS = [
  'object_id int',
  'name sysname',
  'index_id int',
  'type tinyint',
  'type_desc nvarchar(60)',
  'is_unique bit',
  'is_primary_key bit',
  'is_unique_constraint bit',
  'is_disabled bit',
];
const INDEX_COLUMN_COLUMNS = [
  'object_id int',
  'index_id int',
  'index_column_id int',
  'column_id int',
  'key_ordinal tinyint',
  'is_descending_key bit',
  'is_included_column bit',
];

function indexRow(item: CatalogueTable): CellValue[] {
  return keyColumns(item).length > 0
    ? [item.objectId, `PK_${item.name}`, 1, 1, 'CLUSTERED', true, true, false, false]
    : [item.objectId, null, 0, 0, 'HEAP', false, false, false, false];
}

/** Ids of constraints follow those of their tables. */
function createConstraintTables({ tables, database }: KeyFacts): MockTable[] {
  const keyed = tables.filter((item) => keyColumns(item).length > 0);
  return [
    systemTable(
      'sys',
      'key_constraints',
      [
        'name sysname',
        'object_id int',
        'parent_object_id int',
        'schema_id int',
        'type char(2)',
        'type_desc nvarchar(60)',
        'unique_index_id int',
      ],
      keyed.map((item) => [`PK_${item.name}`, item.objectId + 1, item.objectId, 1, 'PK', 'PRIMARY_KEY_CONSTRAINT', 1]),
    ),
    systemTable(
      'INFORMATION_SCHEMA',
      'TABLE_CONSTRAINTS',
      [...CONSTRAINT_COLUMNS, 'CONSTRAINT_TYPE varchar(11)'],
      keyed.map((item) => [...constraintRow(database, item), 'PRIMARY KEY']),
    ),
    systemTable(
      'INFORMATION_SCHEMA',
      'KEY_COLUMN_USAGE',
      [...CONSTRAINT_COLUMNS, 'COLUMN_NAME nvarchar(128)', 'ORDINAL_POSITION int'],
      keyed.flatMap((item) =>
        keyColumns(item).map(({ name }, index) => [...constraintRow(database, item), name, index + 1]),
      ),
    ),
  ];
}

const CONSTRAINT_COLUMNS = [
  'CONSTRAINT_CATALOG nvarchar(128)',
  'CONSTRAINT_SCHEMA nvarchar(128)',
  'CONSTRAINT_NAME nvarchar(128)',
  'TABLE_CATALOG nvarchar(128)',
  'TABLE_SCHEMA nvarchar(128)',
  'TABLE_NAME nvarchar(128)',
];

function constraintRow(database: string, item: CatalogueTable): CellValue[] {
  return [database, item.schema, `PK_${item.name}`, database, item.schema, item.name];
}

/** Pages are a guess of 60 rows each: enough for an estimate. */
function createSizeTables({ tables, countRows }: KeyFacts): MockTable[] {
  const sizes = tables.map((item) => {
    const indexId = keyColumns(item).length > 0 ? 1 : 0;
    return { item, indexId, rows: BigInt(countRows(item)), partitionId: BigInt(item.objectId) << 16n };
  });
  return [
    systemTable(
      'sys',
      'partitions',
      ['partition_id bigint', 'object_id int', 'index_id int', 'partition_number int', 'rows bigint'],
      sizes.map(({ item, indexId, rows, partitionId }) => [partitionId, item.objectId, indexId, 1, rows]),
    ),
    systemTable(
      'sys',
      'dm_db_partition_stats',
      [
        'partition_id bigint',
        'object_id int',
        'index_id int',
        'partition_number int',
        'used_page_count bigint',
        'row_count bigint',
      ],
      sizes.map(({ item, indexId, rows, partitionId }) => [
        partitionId,
        item.objectId,
        indexId,
        1,
        rows / 60n + 1n,
        rows,
      ]),
    ),
  ];
}

/** What clients ask for and no table here has. */
const EMPTY_TABLES: readonly MockTable[] = [
  systemTable(
    'sys',
    'foreign_keys',
    ['name sysname', 'object_id int', 'parent_object_id int', 'referenced_object_id int', 'is_disabled bit'],
    [],
  ),
  systemTable(
    'sys',
    'foreign_key_columns',
    [
      'constraint_object_id int',
      'parent_object_id int',
      'parent_column_id int',
      'referenced_object_id int',
      'referenced_column_id int',
    ],
    [],
  ),
  systemTable(
    'sys',
    'default_constraints',
    ['name sysname', 'object_id int', 'parent_object_id int', 'parent_column_id int', 'definition nvarchar(4000)'],
    [],
  ),
  systemTable(
    'sys',
    'check_constraints',
    ['name sysname', 'object_id int', 'parent_object_id int', 'definition nvarchar(4000)'],
    [],
  ),
  systemTable(
    'sys',
    'computed_columns',
    ['object_id int', 'name sysname', 'column_id int', 'definition nvarchar(4000)', 'is_persisted bit'],
    [],
  ),
  systemTable(
    'sys',
    'extended_properties',
    ['class tinyint', 'major_id int', 'minor_id int', 'name sysname', 'value nvarchar(4000)'],
    [],
  ),
  systemTable(
    'sys',
    'change_tracking_databases',
    ['database_id int', 'is_auto_cleanup_on bit', 'retention_period int'],
    [],
  ),
  systemTable(
    'sys',
    'change_tracking_tables',
    ['object_id int', 'min_valid_version bigint', 'is_track_columns_updated_on bit'],
    [],
  ),
];
