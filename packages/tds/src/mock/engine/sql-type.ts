// Declared types for the engine: what it has, and how SQLite keeps it.

import type { TypeInfo } from '../../codec/base-types.ts';
import { parseDeclaredType } from '../../codec/declared-type.ts';
import { notSupported } from './mock-sql-error.ts';

/** Reads `decimal(18,4)`, `nvarchar(max)` …; error 50000 for what is no type. */
export function parseSqlType(text: string): TypeInfo {
  const type = parseDeclaredType(text);
  if (!type) throw notSupported(`the type ${text}`);
  return type;
}

/** How SQLite stores the type; texts hold exact decimals and ISO dates, compared by `comparison-keys.ts`. */
export function toSqliteType(type: TypeInfo): string {
  switch (type.type) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint':
    case 'bit':
      return 'integer';
    case 'real':
    case 'float':
      return 'real';
    case 'binary':
    case 'varbinary':
    case 'image':
    case 'udt':
    case 'sql_variant':
      return 'blob';
    default:
      // SQL Server's default collation ignores case; NOCASE does so for ASCII.
      return 'text collate nocase';
  }
}
