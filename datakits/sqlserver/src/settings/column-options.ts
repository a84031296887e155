// What may be said about one source column: its name in bronze, and what becomes of values that bronze can't hold exactly.
import { isSameName } from '../source/find-named.ts';

/** How a column travels when not by its type's mapping. */
export type ColumnLoad = 'skip' | 'text' | 'bytes';

/** Options of one column; what is absent keeps the strict default. */
export interface ColumnOptions {
  /** Name in bronze instead of the source's in lower case. */
  readonly rename?: string;
  /** `skip` leaves it out, `text` writes the value as text, `bytes` writes what the source keeps of a CLR type. */
  readonly load?: ColumnLoad;
  /** A non-zero seventh digit of a second: refuse the row, cut the digit (counted), or keep the column as text. */
  readonly seventhDigit?: 'refuse' | 'truncate' | 'text';
  /** NUL characters and halves of a surrogate pair: refuse the row, leave them out, or put U+FFFD (both counted). */
  readonly characters?: 'refuse' | 'strip' | 'replace';
}

/** Options by column name, as it was typed. */
export type ColumnOptionsByName = ReadonlyMap<string, ColumnOptions>;

/** The words each option allows; `rename` is any name that bronze allows without quotes. */
const CHOICES = {
  load: ['skip', 'text', 'bytes'],
  seventhDigit: ['refuse', 'truncate', 'text'],
  characters: ['refuse', 'strip', 'replace'],
} as const;

const BRONZE_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** One option from text, or what is wrong with it. */
export function parseColumnOption(option: string, text: string): ColumnOptions | { readonly problem: string } {
  switch (option) {
    case 'rename':
      return BRONZE_NAME.test(text) ? { rename: text } : problem(option, 'a name of a-z, 0-9 and underscore', text);
    case 'load': {
      const load = CHOICES.load.find((choice) => choice === text);
      return load ? { load } : problem(option, CHOICES.load.join(', '), text);
    }
    case 'seventhDigit': {
      const seventhDigit = CHOICES.seventhDigit.find((choice) => choice === text);
      return seventhDigit ? { seventhDigit } : problem(option, CHOICES.seventhDigit.join(', '), text);
    }
    case 'characters': {
      const characters = CHOICES.characters.find((choice) => choice === text);
      return characters ? { characters } : problem(option, CHOICES.characters.join(', '), text);
    }
    default:
      return { problem: `${option} is no option of a column; there are rename, load, seventhDigit and characters` };
  }
}

function problem(option: string, expected: string, text: string): { readonly problem: string } {
  return { problem: `${option} must be ${expected}, not ${JSON.stringify(text)}` };
}

/** `Notes:characters=strip`, as the command line writes it; the last colon counts, since names may have some. */
export function parseColumnArgument(
  text: string,
): { readonly column: string; readonly options: ColumnOptions } | { readonly problem: string } {
  const match = /^(.+):(\w+)=(.*)$/s.exec(text);
  const [, column = '', option = '', value = ''] = match ?? [];
  if (!match) return { problem: `${JSON.stringify(text)} must be <column>:<option>=<value>` };
  const options = parseColumnOption(option, value);
  return 'problem' in options ? { problem: `${column}: ${options.problem}` } : { column, options };
}

/** The options of one of the table's columns. What is said of a name in another case counts, unless that is another column. */
export function chooseColumnOptions(
  options: ColumnOptionsByName,
  name: string,
  columns: readonly string[],
): ColumnOptions {
  const own = [...options].filter(([key]) => key === name || (isSameName(key, name) && !columns.includes(key)));
  return Object.assign({}, ...own.map(([, said]) => said));
}

/** Joins two sets of options; what `over` says wins, option by option. */
export function mergeColumnOptions(under: ColumnOptionsByName, over: ColumnOptionsByName): ColumnOptionsByName {
  const merged = new Map(under);
  for (const [name, options] of over) merged.set(name, { ...merged.get(name), ...options });
  return merged;
}
