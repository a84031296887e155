// T-SQL text to tokens; comments and white space fall away.
import { MockSqlError, syntaxError } from './mock-sql-error.ts';

/** One token. `text` of a name, string or binary literal is its content, without quotes. */
export interface TsqlToken {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'binary' | 'variable' | 'symbol';
  readonly text: string;
}

const SKIPPED = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;

/** Patterns in the order they are tried; the first group, when there is one, is the content. */
const PATTERNS: readonly (readonly [TsqlToken['kind'], RegExp, ((content: string) => string)?])[] = [
  ['string', /N?'((?:[^']|'')*)'/iy, (content) => content.replaceAll("''", "'")],
  ['name', /\[((?:[^\]]|\]\])+)\]/y, (content) => content.replaceAll(']]', ']')],
  ['name', /"((?:[^"]|"")+)"/y, (content) => content.replaceAll('""', '"')],
  ['binary', /0x([0-9a-f]*)/iy],
  // Money: `$12.34`.
  ['number', /\$(\d+(?:\.\d*)?|\.\d+)/y],
  ['number', /(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?/iy],
  ['variable', /@@?[\p{L}_][\p{L}\p{N}_@$#]*/uy],
  ['word', /[\p{L}_#][\p{L}\p{N}_@$#]*/uy],
  ['symbol', /<>|!=|<=|>=|[-+*/%=<>(),.;&|^~]/y],
];

/** The tokens of a batch; error 105 for an open string, 102 for a sign that begins no token. */
export function tokenize(sql: string): TsqlToken[] {
  const tokens: TsqlToken[] = [];
  let position = skip(sql, 0);
  while (position < sql.length) {
    const [token, end] = readToken(sql, position);
    tokens.push(token);
    position = skip(sql, end);
  }
  return tokens;
}

function skip(sql: string, position: number): number {
  SKIPPED.lastIndex = position;
  return SKIPPED.test(sql) ? SKIPPED.lastIndex : position;
}

function readToken(sql: string, position: number): [TsqlToken, number] {
  for (const [kind, pattern, unquote] of PATTERNS) {
    pattern.lastIndex = position;
    const match = pattern.exec(sql);
    if (!match) continue;
    const content = match[1] ?? match[0];
    return [{ kind, text: unquote ? unquote(content) : content }, pattern.lastIndex];
  }
  if (sql[position] === "'") throw new MockSqlError(105, 15, 'Unclosed quotation mark after the character string.');
  throw syntaxError(sql[position] ?? '');
}

const NO_TOKEN: TsqlToken = { kind: 'symbol', text: '' };

/** The token at `index`; beyond the end one that is like no other. */
export function tokenAt(tokens: readonly TsqlToken[], index: number): TsqlToken {
  return tokens[index] ?? NO_TOKEN;
}

/** True when the token is this keyword, whatever its case. */
export function isWord(token: TsqlToken | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase());
}

/** True when the token is this sign. */
export function isSymbol(token: TsqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}

/** Index of the `)` that closes the `(` at `open`; error 102 when there is none. */
export function findClosing(tokens: readonly TsqlToken[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    if (isSymbol(tokens[index], '(')) depth += 1;
    if (isSymbol(tokens[index], ')')) depth -= 1;
    if (depth === 0) return index;
  }
  throw syntaxError('(');
}
