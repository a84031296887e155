// What is taken from a statement before it is looked at: collations, of which there is one, and functions that are called
// without parentheses.
import { isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

/** Functions without parentheses, and what they mean. */
const NILADIC: ReadonlyMap<string, string> = new Map([
  ['CURRENT_TIMESTAMP', 'GETDATE'],
  ['CURRENT_USER', 'USER_NAME'],
  ['SESSION_USER', 'USER_NAME'],
  ['SYSTEM_USER', 'SUSER_SNAME'],
]);

/** The statement without them; those that declare columns are left as they are. */
export function simplify(tokens: readonly TsqlToken[]): readonly TsqlToken[] {
  if (isWord(tokens[0], 'CREATE', 'ALTER')) return tokens;
  return tokens.flatMap((token, index) => {
    const isCollation = isWord(token, 'COLLATE') || isWord(tokens[index - 1], 'COLLATE');
    return isCollation ? [] : callNiladic(token, tokens[index - 1]);
  });
}

function callNiladic(token: TsqlToken, before: TsqlToken | undefined): TsqlToken[] {
  const name = token.kind === 'word' && !isSymbol(before, '.') ? NILADIC.get(token.text.toUpperCase()) : undefined;
  if (name === undefined) return [token];
  return [
    { kind: 'word', text: name },
    { kind: 'symbol', text: '(' },
    { kind: 'symbol', text: ')' },
  ];
}
