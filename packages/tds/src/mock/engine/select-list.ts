// The items of a SELECT: what is between it and its FROM.
import { findClosing, isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

/** Pieces between commas that aren't inside parentheses. */
export function splitAtCommas(tokens: readonly TsqlToken[]): TsqlToken[][] {
  const parts: TsqlToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isSymbol(token, '(')) depth += 1;
    if (isSymbol(token, ')')) depth -= 1;
    if (depth === 0 && isSymbol(token, ',')) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

/** The select list of the first SELECT, by item. */
export function selectItems(tokens: readonly TsqlToken[]): TsqlToken[][] {
  let start = tokens.findIndex((token) => isWord(token, 'SELECT')) + 1;
  if (isWord(tokens[start], 'DISTINCT', 'ALL')) start += 1;
  if (isWord(tokens[start], 'TOP'))
    start = (isSymbol(tokens[start + 1], '(') ? findClosing(tokens, start + 1) : start + 1) + 1;
  let depth = 0;
  let end = start;
  for (; end < tokens.length; end += 1) {
    if (isSymbol(tokens[end], '(')) depth += 1;
    if (isSymbol(tokens[end], ')')) depth -= 1;
    if (depth === 0 && isWord(tokens[end], 'FROM', 'WHERE', 'ORDER', 'UNION', 'INTO')) break;
  }
  return splitAtCommas(tokens.slice(start, end));
}

function aliasAt(item: readonly TsqlToken[]): number {
  const last = item.length - 1;
  if (isWord(item[last - 1], 'AS')) return last;
  const before = item[last - 1];
  const endsExpression = before !== undefined && (before.kind !== 'symbol' || before.text === ')');
  const isName = item[last]?.kind === 'name' || item[last]?.kind === 'word';
  return last > 0 && isName && endsExpression && !isWord(item[last], 'END') ? last : -1;
}

/** SQL Server names a column only by its alias; an expression without one has no name. */
export function aliasOf(item: readonly TsqlToken[]): string {
  const at = aliasAt(item);
  return at < 0 ? '' : (item[at]?.text ?? '');
}

/** An item without its alias. */
export function withoutAlias(item: readonly TsqlToken[]): TsqlToken[] {
  const at = aliasAt(item);
  if (at < 0) return [...item];
  return item.slice(0, isWord(item[at - 1], 'AS') ? at - 1 : at);
}
