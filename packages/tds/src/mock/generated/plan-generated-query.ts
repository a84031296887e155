// Which statements over a generated table are answered without SQLite: plain columns, a range of Id, TOP, in the order of Id.
import { type CatalogueTable, findColumn } from '../engine/catalogue.ts';
import { splitAtCommas } from '../engine/select-list.ts';
import type { SqlParameter } from '../engine/sql-parameter.ts';
import { isSymbol, isWord, type TsqlToken } from '../engine/tsql-lexer.ts';
import type { GeneratedRange } from './generated-rows.ts';

/** The range to read, or undefined when the statement asks for more than that. Hints and the database's name are gone already. */
export function planGeneratedQuery(
  tokens: readonly TsqlToken[],
  table: CatalogueTable,
  parameters: readonly SqlParameter[],
): GeneratedRange | undefined {
  const fromAt = tokens.findIndex((token) => isWord(token, 'FROM'));
  if (!isWord(tokens[0], 'SELECT') || fromAt < 0) return undefined;
  const select = readSelectList(tokens.slice(1, fromAt), table);
  const rest = skipTableName(tokens.slice(fromAt + 1));
  const bounds = rest && readConditions(rest, table.generated?.rowCount ?? 0, parameters);
  if (!select || !bounds) return undefined;
  const lastId = Math.min(bounds.last, bounds.first + select.top - 1);
  return { columns: select.columns, firstId: bounds.first, lastId };
}

function readSelectList(
  tokens: readonly TsqlToken[],
  table: CatalogueTable,
): { readonly columns: number[]; readonly top: number } | undefined {
  const { top, rest } = readTop(tokens);
  // TOP of a variable, or what is no number.
  if (Number.isNaN(top)) return undefined;
  if (rest.length === 1 && isSymbol(rest[0], '*')) return { columns: table.columns.map((_, index) => index), top };
  const columns = splitAtCommas(rest).map((item) => findColumnOf(item, table));
  const known = columns.filter((index) => index >= 0);
  return rest.length > 0 && known.length === columns.length ? { columns: known, top } : undefined;
}

/** Index of a plain column, `Name` or `t.Name`; -1 for anything else. */
function findColumnOf(item: readonly TsqlToken[], table: CatalogueTable): number {
  const name = isSymbol(item[1], '.') ? item[2] : item[0];
  const isPlain = item.length === (isSymbol(item[1], '.') ? 3 : 1) && isName(name);
  const column = isPlain ? findColumn([table], name?.text ?? '') : undefined;
  return column ? table.columns.indexOf(column) : -1;
}

function readTop(tokens: readonly TsqlToken[]): { readonly top: number; readonly rest: readonly TsqlToken[] } {
  if (!isWord(tokens[0], 'TOP')) return { top: Number.POSITIVE_INFINITY, rest: tokens };
  const hasParentheses = isSymbol(tokens[1], '(');
  const top = Number(tokens[hasParentheses ? 2 : 1]?.text);
  return { top, rest: tokens.slice(hasParentheses ? 4 : 2) };
}

/** What follows the table's name and alias; undefined when another table follows. */
function skipTableName(tokens: readonly TsqlToken[]): readonly TsqlToken[] | undefined {
  let at = isSymbol(tokens[1], '.') ? 3 : 1;
  if (isWord(tokens[at], 'AS')) at += 1;
  if (isName(tokens[at]) && !isWord(tokens[at], 'WHERE', 'ORDER')) at += 1;
  const rest = tokens.slice(at);
  return rest.length === 0 || isWord(rest[0], 'WHERE', 'ORDER') ? rest : undefined;
}

interface Bounds {
  readonly first: number;
  readonly last: number;
}

function readConditions(
  tokens: readonly TsqlToken[],
  rowCount: number,
  parameters: readonly SqlParameter[],
): Bounds | undefined {
  const orderAt = tokens.findIndex((token) => isWord(token, 'ORDER'));
  const where = orderAt < 0 ? tokens : tokens.slice(0, orderAt);
  if (orderAt >= 0 && !isOrderById(tokens.slice(orderAt))) return undefined;
  let bounds: Bounds | undefined = { first: 1, last: rowCount };
  for (const condition of splitAtAnd(where.slice(1))) {
    bounds =
      bounds &&
      narrow(
        bounds,
        condition.map((token) => withParameter(token, parameters)),
      );
  }
  return bounds;
}

function isOrderById(tokens: readonly TsqlToken[]): boolean {
  const rest = tokens.slice(2).filter((token) => !isWord(token, 'ASC'));
  const at = isSymbol(rest[1], '.') ? 2 : 0;
  return isWord(tokens[1], 'BY') && rest.length === at + 1 && isId(rest[at]);
}

/** Pieces between ANDs, BETWEEN's AND kept. */
function splitAtAnd(tokens: readonly TsqlToken[]): TsqlToken[][] {
  const pieces: TsqlToken[][] = [];
  tokens.forEach((token, index) => {
    const isBetween = isWord(tokens[index - 2], 'BETWEEN');
    if (index === 0 || (isWord(token, 'AND') && !isBetween)) pieces.push([]);
    if (!isWord(token, 'AND')) pieces.at(-1)?.push(token);
  });
  return pieces;
}

function withParameter(token: TsqlToken, parameters: readonly SqlParameter[]): TsqlToken {
  if (token.kind !== 'variable') return token;
  const found = parameters.find(({ name }) => name.toLowerCase() === token.text.toLowerCase());
  const isNumber = typeof found?.value === 'number' || typeof found?.value === 'bigint';
  return isNumber ? { kind: 'number', text: String(found.value) } : token;
}

function narrow(bounds: Bounds, condition: readonly TsqlToken[]): Bounds | undefined {
  const parts = isSymbol(condition[1], '.') ? condition.slice(2) : condition;
  const [left, operator, right, upper] = parts;
  if (right?.kind !== 'number' || !Number.isInteger(Number(right.text))) return undefined;
  const value = Number(right.text);
  if (parts.length === 4 && isId(left) && isWord(operator, 'BETWEEN') && upper?.kind === 'number') {
    return { first: Math.max(bounds.first, value), last: Math.min(bounds.last, Number(upper.text)) };
  }
  if (parts.length !== 3 || operator?.kind !== 'symbol') return undefined;
  if (left?.kind === 'number' && operator.text === '=') {
    return Number(left.text) === value ? bounds : { first: 1, last: 0 };
  }
  return isId(left) ? narrowBy(bounds, operator.text, value) : undefined;
}

function narrowBy({ first, last }: Bounds, operator: string, value: number): Bounds | undefined {
  switch (operator) {
    case '=':
      return { first: Math.max(first, value), last: Math.min(last, value) };
    case '>':
      return { first: Math.max(first, value + 1), last };
    case '>=':
      return { first: Math.max(first, value), last };
    case '<':
      return { first, last: Math.min(last, value - 1) };
    case '<=':
      return { first, last: Math.min(last, value) };
    default:
      return undefined;
  }
}

function isName(token: TsqlToken | undefined): boolean {
  return token?.kind === 'word' || token?.kind === 'name';
}

function isId(token: TsqlToken | undefined): boolean {
  return isName(token) && token?.text.toLowerCase() === 'id';
}
