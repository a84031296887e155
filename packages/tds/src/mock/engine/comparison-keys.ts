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
    const length = columnLength(tokens, index);
    const key = isComparing && length > 0 ? keyFunction(tables, tokens[index + length - 1]) : undefined;
    if (key) {
      literalKey = key;
      out.push(...call(key, tokens.slice(index, index + length)));
    } else if (literalKey && isLiteral(token) && isCompared(tokens, index)) {
      out.push(...call(literalKey, [token]));
    } else {
      out.push(...tokens.slice(index, index + Math.max(1, length)));
      if (isWord(token, 'AND', 'OR', 'ORDER', 'GROUP', 'SELECT') && !isBetween(out)) literalKey = undefined;
    }
    index += Math.max(1, length);
  }
  return out;
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

function keyFunction(tables: readonly CatalogueTable[], column: TsqlToken | undefined): string | undefined {
  const type = column ? findColumn(tables, column.text)?.type.type : undefined;
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

/** True when the last AND belongs to a BETWEEN. */
function isBetween(out: readonly TsqlToken[]): boolean {
  return isWord(out.at(-1), 'AND') && out.slice(-6).some((token) => isWord(token, 'BETWEEN'));
}

function call(name: string, inside: readonly TsqlToken[]): TsqlToken[] {
  return [{ kind: 'word', text: name }, { kind: 'symbol', text: '(' }, ...inside, { kind: 'symbol', text: ')' }];
}
