// sp_tables, sp_columns, sp_pkeys, sp_help and sp_databases, which people and ODBC-like clients call, as queries over the
// catalogue views.
import type { CellValue } from '../../tds-column.ts';

/** An argument of a call; `name` begins with `@`, or is empty. */
export interface Argument {
  readonly name: string;
  readonly value: CellValue;
}

/** The argument of this name, or at this place, as a literal; undefined when it isn't given. */
type Given = (name: string, place: number) => string | undefined;

const PROCEDURES: ReadonlyMap<string, (given: Given) => string> = new Map<string, (given: Given) => string>([
  ['sp_tables', listTables],
  ['sp_columns', listColumns],
  ['sp_pkeys', listKeys],
  [
    'sp_help',
    (given) => (given('@objname', 0) === undefined ? listObjects() : describeObject(given('@objname', 0) ?? '')),
  ],
  [
    'sp_databases',
    () =>
      'SELECT name AS DATABASE_NAME, 8192 AS DATABASE_SIZE, CAST(NULL AS varchar(254)) AS REMARKS FROM sys.databases',
  ],
]);

/** The query that a call stands for; undefined for other procedures. `name` is in lower case. */
export function findCatalogueProcedure(name: string, args: readonly Argument[]): string | undefined {
  return PROCEDURES.get(name)?.((wanted, place) => {
    const byName = args.find((argument) => argument.name.toLowerCase() === wanted);
    const value = (byName ?? (args[place]?.name === '' ? args[place] : undefined))?.value ?? undefined;
    return value === undefined ? undefined : `N'${String(value).replaceAll("'", "''")}'`;
  });
}

function listTables(given: Given): string {
  const type = given('@table_type', 3);
  return `SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, 'TABLE' AS TABLE_TYPE,
                 CAST(NULL AS varchar(254)) AS REMARKS
            FROM INFORMATION_SCHEMA.TABLES
           WHERE TABLE_NAME LIKE ${given('@table_name', 0) ?? "'%'"} AND TABLE_SCHEMA LIKE ${given('@table_owner', 1) ?? "'%'"}
             AND ${type === undefined ? "''" : type} LIKE ${type === undefined ? "'%'" : `'%''TABLE''%'`}
           ORDER BY TABLE_SCHEMA, TABLE_NAME`;
}

function listColumns(given: Given): string {
  return `SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, COLUMN_NAME, DATA_TYPE AS TYPE_NAME,
                 NUMERIC_PRECISION AS "PRECISION", CHARACTER_OCTET_LENGTH AS LENGTH, NUMERIC_SCALE AS SCALE,
                 CASE IS_NULLABLE WHEN 'YES' THEN 1 ELSE 0 END AS NULLABLE, ORDINAL_POSITION, IS_NULLABLE
            FROM INFORMATION_SCHEMA.COLUMNS
           WHERE TABLE_NAME LIKE ${given('@table_name', 0) ?? "'%'"} AND TABLE_SCHEMA LIKE ${given('@table_owner', 1) ?? "'%'"}
             AND COLUMN_NAME LIKE ${given('@column_name', 3) ?? "'%'"}
           ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`;
}

function listKeys(given: Given): string {
  return `SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, COLUMN_NAME,
                 ORDINAL_POSITION AS KEY_SEQ, CONSTRAINT_NAME AS PK_NAME
            FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE
           WHERE TABLE_NAME = ${given('@table_name', 0) ?? "''"} AND TABLE_SCHEMA LIKE ${given('@table_owner', 1) ?? "'%'"}
           ORDER BY ORDINAL_POSITION`;
}

function listObjects(): string {
  return `SELECT o.name AS Name, s.name AS Owner, 'user table' AS Object_type
            FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id ORDER BY o.name`;
}

/** The first two of its results: the object, and its columns. Error 15009 when there is none. */
function describeObject(name: string): string {
  return `IF OBJECT_ID(${name}) IS NULL
          BEGIN
            DECLARE @text nvarchar(400) = 'The object ' + ${name} + ' does not exist in database ''TestWarehouse'' or is invalid for this operation.';
            THROW 15009, @text, 1
          END
          SELECT o.name AS Name, s.name AS Owner, 'user table' AS Type, o.create_date AS Created_datetime
            FROM sys.objects AS o JOIN sys.schemas AS s ON s.schema_id = o.schema_id WHERE o.object_id = OBJECT_ID(${name});
          SELECT c.name AS Column_name, t.name AS Type, 'no' AS Computed, c.max_length AS Length, c.precision AS Prec,
                 c.scale AS Scale, CASE WHEN c.is_nullable = 1 THEN 'yes' ELSE 'no' END AS Nullable, c.collation_name AS Collation
            FROM sys.columns AS c JOIN sys.types AS t ON t.user_type_id = c.user_type_id
           WHERE c.object_id = OBJECT_ID(${name}) ORDER BY c.column_id`;
}
