// sys.types: SQL Server's own types.
import type { MockTable } from '../mock-sql-server.ts';
import { systemTable } from './system-table.ts';

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
  ['sql_variant', 98, 98, 8016],
  ['hierarchyid', 240, 128, 892],
  ['geometry', 240, 129, -1],
  ['geography', 240, 130, -1],
  ['sysname', 231, 256, 256],
];

const TYPE_COLUMNS = [
  'name sysname',
  'system_type_id tinyint',
  'user_type_id int',
  'schema_id int',
  'max_length smallint',
  'is_user_defined bit',
];

/** System and user id of a type; zeros for one that SQL Server hasn't. */
export function findTypeIds(name: string): readonly [number, number] {
  const type = TYPES.find(([candidate]) => candidate === name);
  return [type?.[1] ?? 0, type?.[2] ?? 0];
}

/** Name of the type with this user type id. */
export function findTypeName(userTypeId: number): string | undefined {
  return TYPES.find(([, , userId]) => userId === userTypeId)?.[0];
}

/** The table with all of them. */
export function createTypesTable(): MockTable {
  const rows = TYPES.map(([name, system, user, bytes]) => [name, system, user, 4, bytes, false]);
  return systemTable('sys', 'types', TYPE_COLUMNS, rows);
}
