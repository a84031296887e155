// SQLite keeps decimals and instants as exact text; where they are compared or sorted, a key that orders right takes their
// place: a number for decimals (exact to 15 digits), UTC text for datetimeoffset, canonical text for the other instants.
import { type CatalogueTable, findColumn } from './catalogue.ts';
import { notSupported } from './mock-sql-error.ts';
import { parseSqlType } from './sql-type.ts';
import { findClosing, isSymbol, isWord, type TsqlToken, tokenAt } from './tsql-lexer.ts';

const NUMBER_TYPES = ['decimal', 'numeric', 'money', 'smallmoney'];
const TIME_TYPES = ['date', 'time', 'smalldatetime', 'datetime', 'datetime2', 'datetimeoffset'];
const OPERATORS = ['=', '<>', '!=', '<', '>', '<=', '>='];
/** Functions whose result is compared like their arguments. */
const TRANSPARENT = ['SUM', 'MAX', 'MIN', 'AVG', 'ISNULL', 'COALESCE', 'ABS', 'NULLIF', 'IIF', 'TDS_DATEADD'];
const CONVERSIONS = ['TDS_CAST', 'TDS_TRY_CAST'];

/** A stretch of tokens that is compared as one: a column, a literal, a call, a subquery. */
interface Operand {
  readonly length: number;
  /** The key its own type asks for. */
  readonly key: string | undefined;
  /** True for what may take the key of the other side. */
  readonly isValue: boolean;
  readonly isSubquery?: boolean;
}

/** Wraps columns and what they are compared with in the clauses that compare: WHERE, ON, HAVING, ORDER BY. */
export function addComparisonKeys(tokens: readonly TsqlToken[], tables: readonly CatalogueTable[]): TsqlToken[] {
  const columnKeys: KeyLookup = (name) => keyOfType(findColumn(tables, name)?.type.type ?? '');
  const aliases = findAliases(tokens, columnKeys);
  return addKeys(tokens, (name) => columnKeys(name) ?? aliases.get(name.toLowerCase()));
}

/** The key of a column or alias, by its name. */
type KeyLookup = (name: string) => string | undefined;

function addKeys(tokens: readonly TsqlToken[], keyOf: KeyLookup): TsqlToken[] {
  const out: TsqlToken[] = [];
  let isComparing = false;
  let otherKey: string | undefined;
  for (let index = 0; index < tokens.length; ) {
    const token = tokenAt(tokens, index);
    isComparing = nextClause(token, isComparing);
    if (endsComparison(token, out)) otherKey = undefined;
    const operand = isComparing ? readOperand(tokens, index, keyOf) : NO_OPERAND;
    const piece = tokens.slice(index, index + operand.length);
    const inner = operand.isSubquery ? addKeys(piece, keyOf) : piece;
    const takesKey = operand.isValue && isCompared(tokens, index);
    out.push(...withKey(takesKey ? (operand.key ?? otherKey) : operand.key, inner));
    otherKey = operand.key ?? otherKey;
    index += operand.length;
  }
  return out;
}

const NO_OPERAND: Operand = { length: 1, key: undefined, isValue: false };

function readOperand(tokens: readonly TsqlToken[], index: number, keyOf: KeyLookup): Operand {
  const token = tokenAt(tokens, index);
  if (token.kind === 'string' || token.kind === 'number' || token.kind === 'variable') {
    return { length: 1, key: undefined, isValue: true };
  }
  if (isSymbol(token, '(') && isWord(tokens[index + 1], 'SELECT')) {
    return {
      length: findClosing(tokens, index) - index + 1,
      key: undefined,
      isValue: true,
      isSubquery: true,
    };
  }
  const isCall = isWord(token, ...TRANSPARENT, ...CONVERSIONS) && isSymbol(tokens[index + 1], '(');
  if (isCall) return readCall(tokens, index, keyOf);
  const length = columnLength(tokens, index);
  if (length === 0) return NO_OPERAND;
  const key = keyOf(tokens[index + length - 1]?.text ?? '');
  if (key) refuseSubqueryList(tokens, index + length);
  return { length, key, isValue: false };
}

/** The rows of `IN (SELECT …)` would be compared as they are stored; a wrong answer is worse than none. */
function refuseSubqueryList(tokens: readonly TsqlToken[], index: number): void {
  const at = isWord(tokens[index], 'NOT') ? index + 1 : index;
  if (isWord(tokens[at], 'IN') && isWord(tokens[at + 2], 'SELECT')) {
    throw notSupported('IN with a subquery for decimals and times');
  }
}

/** Aliases given with AS to columns and calls that have a key. */
function findAliases(tokens: readonly TsqlToken[], keyOf: KeyLookup): Map<string, string> {
  const aliases = new Map<string, string>();
  tokens.forEach((token, index) => {
    const alias = tokens[index + 1];
    if (!isWord(token, 'AS') || !alias) return;
    const key = keyOf(tokens[index - 1]?.text ?? '') ?? keyOfCallBefore(tokens, index, keyOf);
    if (key) aliases.set(alias.text.toLowerCase(), key);
  });
  return aliases;
}

function keyOfCallBefore(tokens: readonly TsqlToken[], end: number, keyOf: KeyLookup): string | undefined {
  for (let at = end - 2; at >= 0 && isSymbol(tokens[end - 1], ')'); at -= 1) {
    if (!isSymbol(tokens[at + 1], '(') || findClosing(tokens, at + 1) !== end - 1) continue;
    return readOperand(tokens, at, keyOf).key;
  }
  return undefined;
}

function readCall(tokens: readonly TsqlToken[], index: number, keyOf: KeyLookup): Operand {
  const close = findClosing(tokens, index + 1);
  const length = close - index + 1;
  if (isWord(tokens[index], ...CONVERSIONS)) {
    return { length, key: keyOfType(parseSqlType(tokens[index + 2]?.text ?? '').type), isValue: true };
  }
  for (let at = index + 2; at < close; at += 1) {
    if (isWord(tokens[at], ...CONVERSIONS)) return { ...readCall(tokens, at, keyOf), length };
    const last = columnLength(tokens, at) - 1;
    const key = last >= 0 ? keyOf(tokens[at + last]?.text ?? '') : undefined;
    if (key) return { length, key, isValue: true };
  }
  return { length, key: undefined, isValue: true };
}

function nextClause(token: TsqlToken, isComparing: boolean): boolean {
  if (isWord(token, 'WHERE', 'ON', 'HAVING', 'ORDER')) return true;
  return isWord(token, 'SELECT', 'FROM', 'GROUP', 'SET', 'VALUES', 'LIMIT') ? false : isComparing;
}

/** True when the token begins the next comparison: AND (but BETWEEN's), OR, another clause. */
function endsComparison(token: TsqlToken, before: readonly TsqlToken[]): boolean {
  if (isWord(token, 'OR', 'ORDER', 'GROUP', 'SELECT')) return true;
  return isWord(token, 'AND') && !before.slice(-5).some((earlier) => isWord(earlier, 'BETWEEN'));
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

function keyOfType(type: string): string | undefined {
  if (NUMBER_TYPES.includes(type)) return 'tds_number_key';
  return TIME_TYPES.includes(type) ? `tds_${type}_key` : undefined;
}

/** After an operator, BETWEEN, AND, or inside IN (…). */
function isCompared(tokens: readonly TsqlToken[], index: number): boolean {
  const before = tokens[index - 1];
  if (isWord(before, 'BETWEEN', 'AND')) return true;
  if (before?.kind !== 'symbol') return false;
  return OPERATORS.includes(before.text) || isInList(tokens, index);
}

/** True between the parentheses of `IN (`, where literals and commas stand. */
function isInList(tokens: readonly TsqlToken[], index: number): boolean {
  let at = index - 1;
  while (isSymbol(tokens[at], ',')) at -= 2;
  return isSymbol(tokens[at], '(') && isWord(tokens[at - 1], 'IN');
}

function withKey(key: string | undefined, inside: readonly TsqlToken[]): readonly TsqlToken[] {
  if (!key) return inside;
  return [{ kind: 'word', text: key }, { kind: 'symbol', text: '(' }, ...inside, { kind: 'symbol', text: ')' }];
}
