// SQLite keeps decimals and instants as exact text; where they are compared or sorted, a key that orders right takes their
// place: a number for decimals (exact to 15 digits), UTC text for datetimeoffset, canonical text for the other instants.
import { type CatalogueTable, findColumn } from './catalogue.ts';
import { isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

const NUMBER_TYPES = ['decimal', 'numeric', 'money', 'smallmoney'];
const TIME_TYPES = ['date', 'time', 'smalldatetime', 'datetime', 'datetime2', 'datetimeoffset'];
const OPERATORS = ['=', '<>', '!=', '<', '>', '<=', '>='];

/** Wraps columns and the literals beside them in the clauses that compare: WHERE, ON, HAVING, ORDER BY. */
export function addComparisonKeys(tokens: readonly TsqlToken[], tables: readonly CatalogueTable[]): TsqlToken[] {
  const out: TsqlToken[] = [];
  let isComparing = false;
  let literalKey: string | undefined;
  for (let index = 0; index < tokens.length; ) {
    const token = tokens[index] as TsqlToken; // index is within bounds
    isComparing = nextClause(token, isComparing);
    const length = Math.max(1, columnLength(tokens, index));
    const piece = tokens.slice(index, index + length);
    const columnKey = isComparing ? keyFunction(tables, tokens, index) : undefined;
    if (endsComparison(token, out)) literalKey = undefined;
    literalKey = columnKey ?? literalKey;
    const isWrapped = columnKey !== undefined || (isLiteral(token) && isCompared(tokens, index));
    out.push(...(isWrapped && literalKey ? call(literalKey, piece) : piece));
    index += length;
  }
  return out;
}

/** True when the token begins the next comparison: AND (but BETWEEN's), OR, another clause. */
function endsComparison(token: TsqlToken, before: readonly TsqlToken[]): boolean {
  if (isWord(token, 'OR', 'ORDER', 'GROUP', 'SELECT')) return true;
  return isWord(token, 'AND') && !before.slice(-5).some((earlier) => isWord(earlier, 'BETWEEN'));
}

function nextClause(token: TsqlToken, isComparing: boolean): boolean {
  if (isWord(token, 'WHERE', 'ON', 'HAVING', 'ORDER')) return true;
  return isWord(token, 'SELECT', 'FROM', 'GROUP', 'SET', 'VALUES', 'LIMIT') ? false : isComparing;
}

/** How many tokens a column reference at `index` has: `a`, `t.a` or `s.t.a`; 0 when there is none. */
function columnLength(tokens: readonly TsqlToken[], index: number): number {
  let length = 0;
  for (let at = index; tokens[at]?.kind === 'word' || tokens[at]?.kind === 'name'; at += 2) {
    length = at - index + 1;
    if (!isSymbol(tokens[at + 1], '.')) break;
  }
  return isSymbol(tokens[index + length], '(') ? 0 : length;
}

function keyFunction(
  tables: readonly CatalogueTable[],
  tokens: readonly TsqlToken[],
  index: number,
): string | undefined {
  const column = tokens[index + columnLength(tokens, index) - 1];
  if (!column || columnLength(tokens, index) === 0) return undefined;
  const type = findColumn(tables, column.text)?.type.type;
  if (type === undefined) return undefined;
  if (NUMBER_TYPES.includes(type)) return 'tds_number_key';
  return TIME_TYPES.includes(type) ? `tds_${type}_key` : undefined;
}

function isLiteral(token: TsqlToken): boolean {
  return token.kind === 'string' || token.kind === 'number' || token.kind === 'variable';
}

/** After an operator, BETWEEN, AND, or inside IN (…). */
function isCompared(tokens: readonly TsqlToken[], index: number): boolean {
  const before = tokens[index - 1];
  if (isWord(before, 'BETWEEN', 'AND')) return true;
  return before?.kind === 'symbol' && [...OPERATORS, '(', ','].includes(before.text);
}

function call(name: string, inside: readonly TsqlToken[]): TsqlToken[] {
  return [{ kind: 'word', text: name }, { kind: 'symbol', text: '(' }, ...inside, { kind: 'symbol', text: ')' }];
}
