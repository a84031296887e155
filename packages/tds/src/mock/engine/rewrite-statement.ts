// One T-SQL statement to the SQLite statement that means the same. Works on tokens, in passes; what no pass knows goes
// through unchanged, and what SQLite then refuses is refused to the client.
import type { Catalogue, CatalogueTable } from './catalogue.ts';
import { addComparisonKeys } from './comparison-keys.ts';
import { MockSqlError, notSupported, syntaxError } from './mock-sql-error.ts';
import { orderByItems } from './order-by-items.ts';
import { splitAtCommas } from './select-list.ts';
import { findClosing, isSymbol, isWord, type TsqlToken, tokenAt } from './tsql-lexer.ts';

/** The SQLite text, and the tables it names. */
export interface RewrittenStatement {
  readonly sql: string;
  readonly tables: readonly CatalogueTable[];
}

/** Rewrites SELECT, INSERT, UPDATE and DELETE; error 50000 for T-SQL that has no counterpart here. */
export function rewriteStatement(
  tokens: readonly TsqlToken[],
  catalogue: Catalogue,
  database: string,
): RewrittenStatement {
  const ordered = orderByItems(tokens);
  refuseUnsupported(ordered);
  let rest: TsqlToken[] = prepareTokens(addOptionalWords(ordered), database);
  const tables = findTables(rest, catalogue);
  rest = rewriteConversions(rewriteMethods(quoteDateParts(rest)));
  rest = takeTop(rest);
  rest = rewriteOffset(rest);
  rest = addComparisonKeys(rest, tables);
  return { sql: toSqlite(rest), tables };
}

/** The statement without table hints, query options and the database's name. */
export function prepareTokens(tokens: readonly TsqlToken[], database: string): TsqlToken[] {
  return dropDatabase(dropTableHints(dropOption(tokens)), database);
}

/** `OPTION (MAXDOP 1, RECOMPILE)`: there is no optimiser to tell. */
function dropOption(tokens: readonly TsqlToken[]): readonly TsqlToken[] {
  const at = tokens.findLastIndex((token) => isWord(token, 'OPTION'));
  return at > 0 && isSymbol(tokens[at + 1], '(') ? tokens.slice(0, at) : tokens;
}

/** `INSERT t` and `DELETE t` get the INTO and FROM that T-SQL lets one leave out. */
function addOptionalWords(tokens: readonly TsqlToken[]): readonly TsqlToken[] {
  const [first, second] = tokens;
  if (!first || !second) return tokens;
  const missing = isWord(first, 'INSERT') ? 'INTO' : isWord(first, 'DELETE') ? 'FROM' : undefined;
  return missing && !isWord(second, missing) ? [first, word(missing), ...tokens.slice(1)] : tokens;
}

/** Words without a counterpart that SQLite would misread or refuse with an unhelpful text. */
const UNSUPPORTED = ['PIVOT', 'UNPIVOT', 'APPLY', 'OUTPUT', 'FOR', 'INTO', 'TABLESAMPLE'];

function refuseUnsupported(tokens: readonly TsqlToken[]): void {
  const isInsert = isWord(tokens[0], 'INSERT');
  tokens.forEach((token, index) => {
    if (isWord(token, 'INTO') && isInsert) return;
    if (isWord(token, ...UNSUPPORTED)) throw notSupported(`${token.text.toUpperCase()} in a statement`);
    if (isSymbol(token, '/') && tokens[index + 1]?.kind === 'number' && Number(tokens[index + 1]?.text) === 0)
      throw new MockSqlError(8134, 16, 'Divide by zero error encountered.');
    // A position would sort decimals as they are stored, as text.
    const isPosition = isWord(tokens[index - 1], 'ORDER') && tokens[index + 1]?.kind === 'number';
    if (isWord(token, 'BY') && isPosition) throw notSupported('ORDER BY a position');
  });
}

const HINTS = ['NOLOCK', 'READUNCOMMITTED', 'READCOMMITTED', 'READPAST', 'ROWLOCK', 'TABLOCK', 'TABLOCKX', 'HOLDLOCK'];

/** Drops `WITH (NOLOCK, …)` and the old `(NOLOCK)`: there are no locks to hint at. */
function dropTableHints(tokens: readonly TsqlToken[]): TsqlToken[] {
  const kept: TsqlToken[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokenAt(tokens, index);
    const open = isWord(token, 'WITH') ? index + 1 : index;
    if (isSymbol(tokens[open], '(') && isWord(tokens[open + 1], ...HINTS)) index = findClosing(tokens, open);
    else kept.push(token);
  }
  return kept;
}

/** `TestWarehouse.dbo.X`, `TestWarehouse..X` and `[TestWarehouse].[dbo].[X]` to `dbo.X`. */
function dropDatabase(tokens: readonly TsqlToken[], database: string): TsqlToken[] {
  const kept: TsqlToken[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokenAt(tokens, index);
    const isDatabase = isIdentifier(token) && isDatabaseName(token.text, database, tokens[index + 2]);
    if (!isDatabase || !isSymbol(tokens[index + 1], '.') || isSymbol(tokens[index - 1], '.')) {
      kept.push(token);
      continue;
    }
    if (isSymbol(tokens[index + 2], '.')) kept.push({ kind: 'name', text: 'dbo' });
    else index += 1;
  }
  return kept;
}

/** Of `master` the catalogue is there: `master.sys.databases`. */
function isDatabaseName(text: string, database: string, next: TsqlToken | undefined): boolean {
  if (text.toLowerCase() === database.toLowerCase()) return true;
  return text.toLowerCase() === 'master' && next?.text.toLowerCase() === 'sys';
}

/** Tables named after FROM, JOIN, INTO, UPDATE, or a comma in FROM; an unknown name is left for SQLite to refuse. */
function findTables(tokens: readonly TsqlToken[], catalogue: Catalogue): CatalogueTable[] {
  const tables = new Set<CatalogueTable>();
  tokens.forEach((token, index) => {
    if (!isIdentifier(token) || isSymbol(tokens[index - 1], '.')) return;
    const second = isSymbol(tokens[index + 1], '.') ? tokens[index + 2] : undefined;
    const table = second ? catalogue.findTable(token.text, second.text) : catalogue.findTable(null, token.text);
    if (table) tables.add(table);
  });
  return [...tables];
}

const PART_FUNCTIONS = ['DATEADD', 'DATEDIFF', 'DATEPART', 'DATENAME'];

/** DATEADD(second, …) to a function that gets the part as text. */
function quoteDateParts(tokens: readonly TsqlToken[]): TsqlToken[] {
  return tokens.map((token, index) => {
    if (isWord(token, ...PART_FUNCTIONS) && isSymbol(tokens[index + 1], '(')) return word(`tds_${token.text}`);
    const isPart = isWord(tokens[index - 2], ...PART_FUNCTIONS) && isSymbol(tokens[index - 1], '(');
    return isPart ? { kind: 'string', text: token.text } : token;
  });
}

const METHODS = ['TOSTRING', 'STASTEXT'];

/** `[Place].STAsText()` to a function of the column. */
function rewriteMethods(tokens: readonly TsqlToken[]): TsqlToken[] {
  const out: TsqlToken[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const method = tokens[index + 1];
    const isMethod = isSymbol(tokens[index], '.') && isWord(method, ...METHODS) && isSymbol(tokens[index + 2], '(');
    if (!isMethod || !method) {
      out.push(tokenAt(tokens, index));
      continue;
    }
    let start = out.length - 1;
    while (start >= 2 && isSymbol(out[start - 1], '.')) start -= 2;
    const column = out.splice(start);
    const name: TsqlToken = { kind: 'string', text: method.text };
    out.push(word('tds_udt_text'), symbol('('), ...column, symbol(','), name, symbol(')'));
    index += 3;
  }
  return out;
}

/** CAST(x AS type) and CONVERT(type, x[, style]) to a function that knows the T-SQL types. */
function rewriteConversions(tokens: readonly TsqlToken[]): TsqlToken[] {
  const out: TsqlToken[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokenAt(tokens, index);
    if (!isWord(token, 'CAST', 'CONVERT', 'TRY_CAST', 'TRY_CONVERT') || !isSymbol(tokens[index + 1], '(')) {
      out.push(token);
      continue;
    }
    const close = findClosing(tokens, index + 1);
    const { type, value, style } = splitConversion(token, tokens.slice(index + 2, close));
    const name = isWord(token, 'TRY_CAST', 'TRY_CONVERT') ? 'tds_try_cast' : 'tds_cast';
    out.push(word(name), symbol('('), { kind: 'string', text: type }, symbol(','));
    out.push(
      ...rewriteConversions(keepDigits(value)),
      ...(style.length > 0 ? [symbol(','), ...style] : []),
      symbol(')'),
    );
    index = close;
  }
  return out;
}

/** A decimal literal as text, since SQLite would make a double of it. */
function keepDigits(value: TsqlToken[]): TsqlToken[] {
  const sign = isSymbol(value[0], '-') ? '-' : '';
  const number = value[sign === '' ? 0 : 1];
  const isDecimal = value.length === (sign === '' ? 1 : 2) && number?.kind === 'number' && /^[\d.]+$/.test(number.text);
  return isDecimal && number.text.includes('.') ? [{ kind: 'string', text: sign + number.text }] : value;
}

/** Type, value and style of a conversion's inside. */
export function splitConversion(
  name: TsqlToken,
  inside: readonly TsqlToken[],
): { type: string; value: TsqlToken[]; style: TsqlToken[] } {
  const parts = splitAtCommas(inside);
  if (isWord(name, 'CAST', 'TRY_CAST')) {
    const at = inside.findLastIndex((token) => isWord(token, 'AS'));
    if (at < 0) throw syntaxError(name.text);
    return { type: typeText(inside.slice(at + 1)), value: inside.slice(0, at), style: [] };
  }
  if (parts.length < 2) throw syntaxError(name.text);
  return { type: typeText(parts[0] ?? []), value: parts[1] ?? [], style: parts[2] ?? [] };
}

function typeText(tokens: readonly TsqlToken[]): string {
  return tokens.map((token) => token.text).join('');
}

/** SELECT TOP n … to … LIMIT n, for the outermost SELECT and those in parentheses. */
function takeTop(tokens: readonly TsqlToken[]): TsqlToken[] {
  const at = tokens.findIndex((token) => isWord(token, 'TOP'));
  if (at < 0) return [...tokens];
  if (isWord(tokens[at - 1], 'INSERT', 'UPDATE', 'DELETE')) throw notSupported('TOP outside SELECT');
  const hasParentheses = isSymbol(tokens[at + 1], '(');
  const end = hasParentheses ? findClosing(tokens, at + 1) : at + 1;
  const count = tokens.slice(at + 1, end + 1);
  if (isWord(tokens[end + 1], 'PERCENT', 'WITH')) throw notSupported('TOP … PERCENT or WITH TIES');
  const after = endOfQuery(tokens, end + 1);
  const rest = [
    ...tokens.slice(0, at),
    ...tokens.slice(end + 1, after),
    word('LIMIT'),
    ...count,
    ...tokens.slice(after),
  ];
  return takeTop(rest);
}

/** Where the query that `from` lies in ends: at its closing parenthesis, or the end. */
function endOfQuery(tokens: readonly TsqlToken[], from: number): number {
  let depth = 0;
  for (let index = from; index < tokens.length; index += 1) {
    if (isSymbol(tokens[index], '(')) depth += 1;
    if (isSymbol(tokens[index], ')')) depth -= 1;
    if (depth < 0) return index;
  }
  return tokens.length;
}

/** ORDER BY … OFFSET n ROWS [FETCH NEXT m ROWS ONLY] to LIMIT m OFFSET n. */
function rewriteOffset(tokens: readonly TsqlToken[]): TsqlToken[] {
  const at = tokens.findIndex((token) => isWord(token, 'OFFSET'));
  if (at < 0) return [...tokens];
  const rowsAt = tokens.findIndex((token, index) => index > at && isWord(token, 'ROW', 'ROWS'));
  const hasFetch = isWord(tokens[rowsAt + 1], 'FETCH');
  const onlyAt = hasFetch ? tokens.findIndex((token, index) => index > rowsAt && isWord(token, 'ONLY')) : rowsAt;
  if (rowsAt < 0 || onlyAt < 0) throw syntaxError('OFFSET');
  const count = hasFetch ? tokens.slice(rowsAt + 3, onlyAt - 1) : [symbol('-'), { kind: 'number' as const, text: '1' }];
  const offset = tokens.slice(at + 1, rowsAt);
  return [...tokens.slice(0, at), word('LIMIT'), ...count, word('OFFSET'), ...offset, ...tokens.slice(onlyAt + 1)];
}

/** Functions whose T-SQL name means something else in SQLite. */
const FUNCTION_NAMES: ReadonlyMap<string, string> = new Map([
  ['ISNULL', 'ifnull'],
  ['LEN', 'tds_len'],
  ['SUM', 'tds_sum'],
  ['MAX', 'tds_max'],
  ['MIN', 'tds_min'],
  ['AVG', 'tds_avg'],
  ['COUNT_BIG', 'count'],
  ['SQL_VARIANT_PROPERTY', 'tds_variant_property'],
  ['LOG', 'ln'],
  ['FORMAT', 'tds_format'],
]);

function toSqlite(tokens: readonly TsqlToken[]): string {
  return tokens.map((token, index) => tokenToSqlite(token, tokens, index)).join(' ');
}

function tokenToSqlite(token: TsqlToken, tokens: readonly TsqlToken[], index: number): string {
  switch (token.kind) {
    case 'string':
      return `'${token.text.replaceAll("'", "''")}'`;
    case 'name':
      return `"${token.text.replaceAll('"', '""')}"`;
    case 'binary':
      return `x'${token.text.length % 2 === 1 ? '0' : ''}${token.text}'`;
    case 'variable':
      return token.text.startsWith('@@')
        ? `tds_global('${token.text.slice(2).toLowerCase()}')`
        : token.text.toLowerCase();
    case 'symbol':
      return token.text === '+' && joinsTexts(tokens, index) ? '||' : token.text;
    case 'word':
      return isSymbol(tokens[index + 1], '(')
        ? (FUNCTION_NAMES.get(token.text.toUpperCase()) ?? token.text)
        : token.text;
    default:
      return token.text;
  }
}

/** `+` joins when a text stands beside it; between two columns it adds. */
function joinsTexts(tokens: readonly TsqlToken[], index: number): boolean {
  return tokens[index - 1]?.kind === 'string' || tokens[index + 1]?.kind === 'string';
}

/** A word or a quoted name. */
function isIdentifier(token: TsqlToken | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'name';
}

function word(text: string): TsqlToken {
  return { kind: 'word', text };
}

function symbol(text: string): TsqlToken {
  return { kind: 'symbol', text };
}
