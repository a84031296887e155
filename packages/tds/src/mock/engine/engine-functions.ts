// T-SQL functions, as SQLite functions of the engine's connection.
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { readVariant } from '../../codec/variant.ts';
import type { CellValue } from '../../tds-column.ts';
import { registerAggregates } from './aggregates.ts';
import { fromSqliteValue, toCanonical, toSqliteValue } from './canonical-value.ts';
import type { Catalogue } from './catalogue.ts';
import { registerCatalogueFunctions } from './catalogue-functions.ts';
import { convertValue } from './convert-value.ts';
import { addToDate, countBetween } from './date-functions.ts';
import { registerDateFunctions } from './date-parts.ts';
import type { DefineFunction } from './define-function.ts';
import type { EngineSession } from './engine-session.ts';
import { notSupported } from './mock-sql-error.ts';
import { type Rowversions, toRowversionBytes } from './rowversions.ts';
import { registerSortKeys } from './sort-keys.ts';
import { parseSqlType } from './sql-type.ts';
import { registerTextFunctions } from './text-functions.ts';
import { formatHierarchyId, formatPoint } from './udt-text.ts';

/** What `@@VERSION` says; its first words are what clients look for. */
const SERVER_VERSION = 'Microsoft SQL Server 2022 (RTM) - 16.0.1000.6 (X64) - Towpath mock';

/** What the functions need of the engine. */
export interface FunctionFacts {
  readonly database: string;
  readonly catalogue: Catalogue;
  readonly rowversions: Rowversions;
  /** The next rowversion of the statement that runs. */
  takeRowversion(): bigint;
  /** Whose statement runs. */
  session(): EngineSession;
}

/** Registers all functions on the connection. */
export function registerFunctions(db: DatabaseSync, facts: FunctionFacts): void {
  const define: DefineFunction = (name, body) => {
    db.function(name, { varargs: true, useBigIntArguments: true }, (...values: unknown[]) =>
      toSqliteValue(body(...values.map(fromSqliteValue))),
    );
  };
  registerConversions(define, facts);
  registerSessionFunctions(define, facts);
  registerCatalogueFunctions(define, facts);
  registerTextFunctions(define, db);
  registerDateFunctions(define);
  registerSortKeys(db);
  registerAggregates(db);
}

const SERVER_PROPERTIES: ReadonlyMap<string, string | number> = new Map<string, string | number>([
  ['productversion', '16.0.1000.6'],
  ['productmajorversion', '16'],
  ['productlevel', 'RTM'],
  ['edition', 'Developer Edition (64-bit)'],
  ['engineedition', 3],
  ['servername', 'towpath-mock'],
  ['machinename', 'towpath-mock'],
  ['collation', 'SQL_Latin1_General_CP1_CI_AS'],
  ['isintegratedsecurityonly', 0],
]);

const DATABASE_PROPERTIES: ReadonlyMap<string, string> = new Map([
  ['collation', 'SQL_Latin1_General_CP1_CI_AS'],
  ['status', 'ONLINE'],
  ['updateability', 'READ_WRITE'],
  ['recovery', 'SIMPLE'],
]);

function registerConversions(define: DefineFunction, { catalogue }: FunctionFacts): void {
  define('tds_cast', (type, value, style) =>
    convertValue(parseSqlType(String(type)), value ?? null, typeof style === 'bigint' ? Number(style) : null),
  );
  define('tds_try_cast', (type, value) => tryCast(String(type), value ?? null));
  define('tds_store', (objectId, index, value) => {
    const column = catalogue.findById(Number(objectId))?.columns[Number(index)];
    return column ? toCanonical(column.type, value ?? null) : (value ?? null);
  });
  define('tds_len', (value) => (value === null || value === undefined ? null : String(value).trimEnd().length));
  define('datalength', (value) => dataLength(value ?? null));
  define('tds_dateadd', (part, count, value) =>
    value === null || count === null ? null : addToDate(String(part), Number(count), String(value)),
  );
  define('tds_datediff', (part, from, to) =>
    from === null || to === null ? null : countBetween(String(part), String(from), String(to)),
  );
  define('tds_variant_property', (value, property) => variantProperty(value ?? null, String(property)));
  define('tds_udt_text', (value, method) => udtText(value ?? null, String(method).toLowerCase()));
}

function registerSessionFunctions(define: DefineFunction, facts: FunctionFacts): void {
  define('tds_global', (name) => globalValue(String(name), facts));
  define('tds_rowversion', () => toRowversionBytes(facts.takeRowversion()));
  define('min_active_rowversion', () => toRowversionBytes(facts.rowversions.minActive));
  for (const name of ['suser_sname', 'suser_name', 'original_login']) define(name, () => facts.session().login);
  define('user_name', () => 'dbo');
  define('is_srvrolemember', () => 0n);
  define('is_member', () => 1n);
  define('scope_identity', () => toBigInt(facts.session().lastIdentity));
  define('databasepropertyex', (_, name) => DATABASE_PROPERTIES.get(String(name).toLowerCase()) ?? null);
  define('rand', () => Math.random());
  define('has_dbaccess', () => 1);
  define('xact_state', () => Number(facts.session().transactionDepth > 0));
  define('error_message', () => facts.session().caughtError?.message ?? null);
  define('error_number', () => toBigInt(facts.session().caughtError?.number));
  define('error_severity', () => toBigInt(facts.session().caughtError?.severity));
  define('getdate', () => now().slice(0, 23));
  define('getutcdate', () => now().slice(0, 23));
  define('sysdatetime', now);
  define('sysutcdatetime', now);
  define('newid', () => randomUUID().toUpperCase());
  define('serverproperty', (name) => SERVER_PROPERTIES.get(String(name).toLowerCase()) ?? null);
}

/** An integer for SQLite, which takes numbers of JavaScript for floats. */
function toBigInt(value: number | null | undefined): bigint | null {
  return value === null || value === undefined ? null : BigInt(value);
}

function tryCast(type: string, value: CellValue): CellValue {
  try {
    return convertValue(parseSqlType(type), value, null);
  } catch {
    return null;
  }
}

function dataLength(value: CellValue): number | null {
  if (value === null) return null;
  return Buffer.isBuffer(value) ? value.length : String(value).length * 2;
}

/** SQL_VARIANT_PROPERTY of a stored variant. */
function variantProperty(value: CellValue, property: string): CellValue {
  if (!Buffer.isBuffer(value)) return null;
  const { type } = readVariant(value, 0, value.length);
  switch (property.toLowerCase()) {
    case 'basetype':
      return type.type;
    case 'precision':
      return type.precision;
    case 'scale':
      return type.scale;
    case 'maxlength':
      return type.maxLength;
    default:
      return null;
  }
}

function udtText(value: CellValue, method: string): string | null {
  if (!Buffer.isBuffer(value)) return null;
  if (method === 'tostring' && value.length < 20) return formatHierarchyId(value);
  // SRID 4326 is what geography has here, 0 what geometry has.
  return formatPoint(value, value.readInt32LE(0) === 4326);
}

function globalValue(name: string, facts: FunctionFacts): CellValue {
  switch (name) {
    case 'version':
      return SERVER_VERSION;
    case 'servername':
      return 'towpath-mock';
    case 'language':
      return 'us_english';
    case 'rowcount':
      return facts.session().lastRowCount;
    case 'trancount':
      return facts.session().transactionDepth;
    case 'spid':
      return facts.session().spid;
    case 'error':
      return facts.session().caughtError?.number ?? 0;
    case 'identity':
      return facts.session().lastIdentity;
    case 'servicename':
      return 'MSSQLSERVER';
    case 'datefirst':
      return 7;
    case 'max_precision':
      return 38;
    case 'microsoftversion':
      return 0x1000_03e8;
    case 'lock_timeout':
      return -1;
    case 'dbts':
      return toRowversionBytes(facts.rowversions.dbts);
    default:
      throw notSupported(`@@${name.toUpperCase()}`);
  }
}

/** UTC with seven digits. */
function now(): string {
  return new Date().toISOString().replace('T', ' ').replace('Z', '0000');
}
