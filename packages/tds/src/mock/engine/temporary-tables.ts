// Temporary tables: `#name` belongs to one session. Among the tables its name carries the session's number, which nobody
// sees; `##name` belongs to all.
import type { Catalogue, CatalogueTable } from './catalogue.ts';
import { isSymbol, isWord, type TsqlToken } from './tsql-lexer.ts';

/** Between name and session; no lexer makes a name of it. */
const MARK = '~';

/** The name of a temporary table among the tables. */
export function toSessionName(name: string, spid: number): string {
  return name.startsWith('##') ? name : `${name}${MARK}${spid}`;
}

/** Takes the session's number from a name. */
export function hideSession(name: string): string {
  return name.replace(/(#.*)~\d+/, '$1');
}

/** Whether a token names a temporary table, as `nameTemporaryTables` leaves it. */
export function isTemporaryName({ kind, text }: TsqlToken): boolean {
  return kind === 'name' && text.startsWith('#') && (text.startsWith('##') || text.includes(MARK));
}

/** The tables that end with a session. */
export function findTemporaryTables(catalogue: Catalogue, spid: number): CatalogueTable[] {
  return catalogue.userTables.filter(({ name }) => name.startsWith('#') && name.endsWith(`${MARK}${spid}`));
}

/**
 * Gives temporary tables their full names and takes `tempdb..` away. A name counts where a table stands, and where the session
 * has one of this name: a column may be called `#x` as well.
 */
export function nameTemporaryTables(
  tokens: readonly TsqlToken[],
  catalogue: Catalogue,
  spid: number,
): readonly TsqlToken[] {
  if (!tokens.some(({ text }) => text.startsWith('#'))) return tokens;
  return dropTempdb(tokens).map((token, index, all) => {
    if ((token.kind !== 'word' && token.kind !== 'name') || !token.text.startsWith('#')) return token;
    const text = toSessionName(token.text, spid);
    const isTable = isWord(all[index - 1], 'TABLE', 'INTO', 'EXISTS', 'FROM', 'JOIN', 'UPDATE');
    // Elsewhere it is a column, unless it qualifies one.
    return isTable || catalogue.findTable('dbo', text) ? { kind: 'name', text } : token;
  });
}

function dropTempdb(tokens: readonly TsqlToken[]): TsqlToken[] {
  const kept: TsqlToken[] = [];
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (!token) continue;
    const length = isSymbol(tokens[index + 2], '.') ? 3 : 4;
    const isPrefix = token.text.toLowerCase() === 'tempdb' && tokens[index + length]?.text.startsWith('#');
    if (isPrefix) index += length - 1;
    else kept.push(token);
  }
  return kept;
}
