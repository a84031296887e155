// Names as T-SQL writes them. Parsed once, then only ever written quoted: no part of a name reaches a statement as SQL.
import { TowpathError } from '@towpath/core';

/** Longest identifier of SQL Server, in characters. */
const MAX_NAME_CHARACTERS = 128;

/** A table's name; a null schema is the login's default, normally dbo. */
export interface TsqlTableName {
  readonly schema: string | null;
  readonly table: string;
}

/** `[name]` with closing brackets doubled. `SQL_NAME_INVALID` when it is empty, longer than 128 characters or has a NUL. */
export function quoteTsqlName(name: string): string {
  if (name === '' || name.length > MAX_NAME_CHARACTERS || name.includes('\0')) {
    throw nameError(name, 'A name has 1 to 128 characters and no NUL.');
  }
  return `[${name.replaceAll(']', ']]')}]`;
}

/**
 * Reads `dbo.Products`, `Products`, `[odd name].[a.b]` or `"odd name".Products`. `SQL_NAME_INVALID` for anything else, a
 * database or server part included.
 */
export function parseTsqlName(text: string): TsqlTableName {
  const parts: string[] = [];
  let rest = text.trim();
  for (;;) {
    const part = readPart(rest, text);
    parts.push(part.name);
    rest = part.rest;
    if (rest === '') break;
    if (!rest.startsWith('.')) throw nameError(text, `After ${part.name} there is ${JSON.stringify(rest)}.`);
    rest = rest.slice(1);
  }
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) throw nameError(text, `It has ${parts.length} parts.`);
  return second === undefined ? { schema: null, table: first } : { schema: first, table: second };
}

const BRACKETED = /^\[((?:[^\]]|\]\])+)\]/;
const QUOTED = /^"((?:[^"]|"")+)"/;
/** Regular identifiers of T-SQL, plus `#` and `@` at the start left out: neither temporary tables nor variables are sources. */
const REGULAR = /^[\p{L}_][\p{L}\p{N}_@$#]*/u;

function readPart(rest: string, whole: string): { name: string; rest: string } {
  const bracketed = BRACKETED.exec(rest);
  const quoted = QUOTED.exec(rest);
  const match = bracketed ?? quoted ?? REGULAR.exec(rest);
  if (!match) throw nameError(whole, `${JSON.stringify(rest)} begins no name.`);
  const inner = match[1] ?? match[0];
  const name = bracketed ? inner.replaceAll(']]', ']') : quoted ? inner.replaceAll('""', '"') : inner;
  quoteTsqlName(name);
  return { name, rest: rest.slice(match[0].length) };
}

function nameError(name: string, cause: string): TowpathError {
  return new TowpathError({
    code: 'SQL_NAME_INVALID',
    message: `${JSON.stringify(name.slice(0, 200))} is not the name of a table.`,
    cause,
    fix: 'Write schema.table, with [brackets] around names that have spaces, dots or other signs: [odd name].[a.b].',
  });
}
