// sp_tables, sp_columns and sp_pkeys, which ODBC-like clients call, as queries over the catalogue views.
import type { SqlParameter } from './engine/sql-parameter.ts';
import { isWord, type TsqlToken } from './engine/tsql-lexer.ts';

const QUERIES: ReadonlyMap<string, (table: string) => string> = new Map<string, (table: string) => string>([
  [
    'sp_tables',
    () =>
      `SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, 'TABLE' AS TABLE_TYPE, NULL AS REMARKS
       FROM INFORMATION_SCHEMA.TABLES ORDER BY TABLE_SCHEMA, TABLE_NAME`,
  ],
  [
    'sp_columns',
    (table) =>
      `SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, COLUMN_NAME, DATA_TYPE AS TYPE_NAME,
              NUMERIC_PRECISION AS "PRECISION", CHARACTER_OCTET_LENGTH AS LENGTH, NUMERIC_SCALE AS SCALE,
              CASE IS_NULLABLE WHEN 'YES' THEN 1 ELSE 0 END AS NULLABLE, ORDINAL_POSITION, IS_NULLABLE
       FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME LIKE ${table} ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`,
  ],
  [
    'sp_pkeys',
    (table) =>
      `SELECT TABLE_CATALOG AS TABLE_QUALIFIER, TABLE_SCHEMA AS TABLE_OWNER, TABLE_NAME, COLUMN_NAME,
              ORDINAL_POSITION AS KEY_SEQ, CONSTRAINT_NAME AS PK_NAME
       FROM INFORMATION_SCHEMA.KEY_COLUMN_USAGE WHERE TABLE_NAME = ${table} ORDER BY ORDINAL_POSITION`,
  ],
]);

/** The query that a call of one of them stands for; undefined for any other statement. */
export function findCatalogueProcedure(
  statement: readonly TsqlToken[],
  parameters: readonly SqlParameter[],
): string | undefined {
  if (!isWord(statement[0], 'EXEC', 'EXECUTE')) return undefined;
  const query = QUERIES.get(statement.find(({ text }) => QUERIES.has(text.toLowerCase()))?.text.toLowerCase() ?? '');
  return query?.(`N'${findTable(statement, parameters).replaceAll("'", "''")}'`);
}

/** The first argument, or the one named @table_name. */
function findTable(statement: readonly TsqlToken[], parameters: readonly SqlParameter[]): string {
  const parameter = parameters.find(({ name }) => name === '' || name.toLowerCase() === '@table_name');
  const value = parameter?.value ?? statement.find(({ kind }) => kind === 'string')?.text;
  return typeof value === 'string' ? value : (statement[2]?.text ?? '%');
}
