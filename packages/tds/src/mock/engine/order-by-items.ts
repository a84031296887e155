// ORDER BY 2: the position becomes the item itself, which is compared by its type.
import { selectItems, splitAtCommas, withoutAlias } from './select-list.ts';
import { isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

/** Puts items in the place of positions; what has none (`*`, UNION) is left, and refused later. */
export function orderByItems(tokens: readonly TsqlToken[]): readonly TsqlToken[] {
  const at = tokens.findLastIndex((token, index) => isWord(token, 'ORDER') && isWord(tokens[index + 1], 'BY'));
  const isOuter = at > 0 && depthAt(tokens, at) === 0;
  if (!isOuter || tokens.some((token) => isWord(token, 'UNION', 'EXCEPT', 'INTERSECT'))) return tokens;
  const items = selectItems(tokens);
  if (items.some((item) => isSymbol(item.at(-1), '*'))) return tokens;
  const order = splitAtCommas(tokens.slice(at + 2)).map((item) => {
    const [first, ...rest] = item;
    const named = first?.kind === 'number' ? items[Number(first.text) - 1] : undefined;
    return named ? [...withoutAlias(named), ...rest] : item;
  });
  const COMMA: TsqlToken = { kind: 'symbol', text: ',' };
  return [...tokens.slice(0, at + 2), ...order.flatMap((item, index) => (index > 0 ? [COMMA, ...item] : item))];
}

function depthAt(tokens: readonly TsqlToken[], index: number): number {
  return tokens.slice(0, index).reduce((depth, token) => {
    if (isSymbol(token, '(')) return depth + 1;
    return isSymbol(token, ')') ? depth - 1 : depth;
  }, 0);
}
