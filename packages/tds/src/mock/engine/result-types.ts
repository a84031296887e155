// Which T-SQL type each result column has. Plain columns have their declared type, through joins and aliases (SQLite names
// their origin); expressions are typed by their form; what has no known form, by its first value.
import type { TypeInfo } from '../../codec/base-types.ts';
import type { CellValue, TdsColumn } from '../../tds-column.ts';
import { type Catalogue, type CatalogueTable, findColumn } from './catalogue.ts';
import { splitConversion } from './rewrite-statement.ts';
import { aliasOf, selectItems, splitAtCommas, withoutAlias } from './select-list.ts';
import { parseSqlType } from './sql-type.ts';
import { findClosing, isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

/** A result column; identity is shown to clients in a flag. */
export type ResultColumn = TdsColumn & { readonly identity: boolean };

/** What SQLite says of a result column. */
export interface SqliteColumn {
  readonly name: string;
  readonly column: string | null;
  readonly table: string | null;
  readonly database: string | null;
}

/** What the types are found from. */
export interface ResultFacts {
  readonly catalogue: Catalogue;
  readonly tables: readonly CatalogueTable[];
  /** The statement as the client wrote it. */
  readonly tokens: readonly TsqlToken[];
  /** The first rows: where nothing else tells the type of a column, its first value does. */
  readonly samples: readonly (readonly CellValue[])[];
  /** Declared types of the parameters, by name with `@`. */
  readonly parameterTypes: ReadonlyMap<string, TypeInfo>;
}

/** The columns of a result, in order. */
export function toResultColumns(columns: readonly SqliteColumn[], facts: ResultFacts): ResultColumn[] {
  const items = selectItems(facts.tokens);
  const expressions = items.length === columns.length ? items : [];
  return columns.map((column, index) => {
    const declared =
      column.table !== null && column.column !== null
        ? findColumn([facts.catalogue.findTable(column.database, column.table)].filter(isTable), column.column)
        : undefined;
    if (declared) {
      return { name: column.name, ...declared.type, nullable: declared.nullable, identity: declared.identity };
    }
    const expression = withoutAlias(expressions[index] ?? []);
    const type = typeOfExpression(expression, facts) ?? typeOfValue(firstValue(facts.samples, index));
    return { name: aliasOf(expressions[index] ?? []), ...type, nullable: true, identity: false };
  });
}

function firstValue(samples: ResultFacts['samples'], index: number): CellValue {
  return samples.find((row) => (row[index] ?? null) !== null)?.[index] ?? null;
}

function isTable(table: CatalogueTable | undefined): table is CatalogueTable {
  return table !== undefined;
}

/** Result types of functions that don't depend on their arguments. */
const FUNCTION_TYPES: ReadonlyMap<string, string> = new Map([
  ['COUNT', 'int'],
  ['COUNT_BIG', 'bigint'],
  ['LEN', 'int'],
  ['DATEDIFF', 'int'],
  ['OBJECT_ID', 'int'],
  ['DB_ID', 'smallint'],
  ['SCHEMA_ID', 'int'],
  ['DATALENGTH', 'int'],
  ['DB_NAME', 'nvarchar(128)'],
  ['ORIGINAL_DB_NAME', 'nvarchar(128)'],
  ['SCHEMA_NAME', 'nvarchar(128)'],
  ['SUSER_SNAME', 'nvarchar(128)'],
  ['SERVERPROPERTY', 'nvarchar(128)'],
  ['GETDATE', 'datetime'],
  ['GETUTCDATE', 'datetime'],
  ['SYSDATETIME', 'datetime2(7)'],
  ['SYSUTCDATETIME', 'datetime2(7)'],
  ['NEWID', 'uniqueidentifier'],
  ['SYSDATETIMEOFFSET', 'datetimeoffset(7)'],
  ['EOMONTH', 'date'],
  ['DATEFROMPARTS', 'date'],
  ['SCOPE_IDENTITY', 'numeric(38,0)'],
  ['ERROR_MESSAGE', 'nvarchar(4000)'],
  ['MIN_ACTIVE_ROWVERSION', 'binary(8)'],
  ['UPPER', 'nvarchar(4000)'],
  ['LOWER', 'nvarchar(4000)'],
]);

const GLOBAL_TYPES: ReadonlyMap<string, string> = new Map([
  ['@@VERSION', 'nvarchar(300)'],
  ['@@SERVERNAME', 'nvarchar(128)'],
  ['@@LANGUAGE', 'nvarchar(128)'],
  ['@@DBTS', 'varbinary(8)'],
  ['@@IDENTITY', 'numeric(38,0)'],
  ['@@SERVICENAME', 'nvarchar(128)'],
]);

/** Functions whose result has the type of their first argument. */
const TRANSPARENT = ['MAX', 'MIN', 'ISNULL', 'COALESCE', 'ABS', 'SUM', 'AVG'];

function typeOfExpression(tokens: readonly TsqlToken[], facts: ResultFacts): TypeInfo | undefined {
  const [first, second] = tokens;
  if (!first) return undefined;
  if (isSymbol(second, '(') && findClosing(tokens, 1) === tokens.length - 1) return typeOfCall(first, tokens, facts);
  if (tokens.length === 1) return typeOfOperand(first, facts);
  if (isWord(tokens.at(-3), 'TOSTRING', 'STASTEXT') && isSymbol(tokens.at(-4), '.'))
    return parseSqlType('nvarchar(max)');
  const isColumn = tokens.every((token, index) => (index % 2 === 1 ? isSymbol(token, '.') : token.kind !== 'symbol'));
  return isColumn ? findColumn(facts.tables, tokens.at(-1)?.text ?? '')?.type : undefined;
}

function typeOfCall(name: TsqlToken, tokens: readonly TsqlToken[], facts: ResultFacts): TypeInfo | undefined {
  const inside = tokens.slice(2, -1);
  const upper = name.text.toUpperCase();
  if (isWord(name, 'CAST', 'CONVERT', 'TRY_CAST', 'TRY_CONVERT'))
    return parseSqlType(splitConversion(name, inside).type);
  const known = FUNCTION_TYPES.get(upper);
  if (known) return parseSqlType(known);
  if (upper === 'DATEADD') return typeOfExpression(splitAtCommas(inside)[2] ?? [], facts);
  if (!TRANSPARENT.includes(upper)) return undefined;
  const argument = typeOfExpression(splitAtCommas(inside)[0] ?? [], facts);
  return argument && (upper === 'SUM' || upper === 'AVG') ? typeOfSum(argument, upper) : argument;
}

/** SUM and AVG widen: small integers to int, decimals to 38 digits (averages with six after the point at least), reals to float. */
function typeOfSum(argument: TypeInfo, name: string): TypeInfo {
  switch (argument.type) {
    case 'tinyint':
    case 'smallint':
      return parseSqlType('int');
    case 'decimal':
    case 'numeric':
      return parseSqlType(`decimal(38,${name === 'AVG' ? Math.max(6, argument.scale) : argument.scale})`);
    case 'smallmoney':
      return parseSqlType('money');
    case 'real':
      return parseSqlType('float');
    default:
      return argument;
  }
}

function typeOfOperand(token: TsqlToken, facts: ResultFacts): TypeInfo | undefined {
  switch (token.kind) {
    case 'string':
      return textType(token.text.length);
    case 'number':
      return typeOfNumber(token.text);
    case 'binary':
      return parseSqlType(`varbinary(${Math.max(1, Math.ceil(token.text.length / 2))})`);
    case 'variable':
      if (!token.text.startsWith('@@')) return facts.parameterTypes.get(token.text.toLowerCase());
      return parseSqlType(GLOBAL_TYPES.get(token.text.toUpperCase()) ?? 'int');
    case 'word':
    case 'name':
      return findColumn(facts.tables, token.text)?.type;
    default:
      return undefined;
  }
}

/** Characters of an nvarchar that isn't `max`. */
const MAX_TEXT = 4000;

function textType(length: number): TypeInfo {
  return parseSqlType(length > MAX_TEXT ? 'nvarchar(max)' : `nvarchar(${Math.max(1, length)})`);
}

function typeOfNumber(text: string): TypeInfo {
  if (/e/i.test(text)) return parseSqlType('float');
  if (!text.includes('.')) return parseSqlType(Number(text) > 2_147_483_647 ? 'bigint' : 'int');
  const [whole = '', fraction = ''] = text.split('.');
  return parseSqlType(`numeric(${Math.max(1, whole.length + fraction.length)},${fraction.length})`);
}

function typeOfValue(value: CellValue): TypeInfo {
  if (typeof value === 'bigint') {
    return parseSqlType(BigInt.asIntN(32, value) === value ? 'int' : 'bigint');
  }
  if (typeof value === 'number') return parseSqlType('float');
  if (Buffer.isBuffer(value)) return parseSqlType(value.length > 8000 ? 'varbinary(max)' : 'varbinary(8000)');
  if (value === null) return parseSqlType('int');
  return String(value).length > MAX_TEXT ? textType(MAX_TEXT + 1) : textType(MAX_TEXT);
}
