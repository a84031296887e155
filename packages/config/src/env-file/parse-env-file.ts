// Reads the text of config/.env.<environment> as npm's dotenv does (a property test compares), and knows the line of every
// value. What dotenv passes over in silence (a line that is no assignment, an open quote), and `a#b`, of which dotenv for
// Node keeps `a` and dotenv for Python all, is an error here: a lost half of a value is found too late.
import type { DeclaredText } from '@towpath/core';

/** A line that can't be understood. */
export interface EnvFileProblem {
  readonly line: number;
  /** What a line there should be; never its text, which may be secret. */
  readonly expected: string;
}

/** Values by name, the last of equal names, and what could not be read. */
export interface ParsedEnvFile {
  readonly values: ReadonlyMap<string, DeclaredText>;
  readonly problems: readonly EnvFileProblem[];
}

/** An empty line or a comment. */
const NOTHING = /[^\S\n]*(?:#.*)?(?:\n|$)/y;
const NAME = /[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)(?:[^\S\n]*=|:[^\S\n]+)[^\S\n]*/y;
/** A quote closes before the end of the line's value; a backslash keeps a quote from closing, and stays. */
const QUOTED = /'((?:\\'|[^'])*)'|"((?:\\"|[^"])*)"|`((?:\\`|[^`])*)`/y;
const REST_OF_LINE = /.*/y;
const PLAIN = /[^#\n]*/y;
/** A reference to a secret keeps its field, without quotes too: `secret://name#field`. */
const REFERENCE = /secret:\/\/\S*/y;

/** Parses the text of a file; `file` is its path in places. */
export function parseEnvFile(file: string, text: string): ParsedEnvFile {
  const values = new Map<string, DeclaredText>();
  const problems: EnvFileProblem[] = [];
  const scanner = createScanner(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n'));
  while (!scanner.isAtEnd()) {
    if (scanner.take(NOTHING)) continue;
    const { line, column } = scanner.place();
    const name = scanner.take(NAME)?.[1];
    const value = name === undefined ? { expected: 'NAME=value, a comment or nothing' } : readValue(scanner);
    if (name !== undefined && 'text' in value) values.set(name, { text: value.text, place: { file, line, column } });
    if ('expected' in value) problems.push({ line, expected: value.expected });
    scanner.take(REST_OF_LINE);
    scanner.take(NOTHING);
  }
  return { values, problems };
}

type ReadValue = { readonly text: string } | { readonly expected: string };

function readValue(scanner: Scanner): ReadValue {
  if (/['"`]/.test(scanner.peek())) return readQuoted(scanner);
  const reference = scanner.take(REFERENCE)?.[0];
  if (reference !== undefined)
    return endsHere(scanner) ? { text: reference } : { expected: 'nothing after a reference' };
  const [plain = ''] = scanner.take(PLAIN) ?? [];
  const isCut = scanner.peek() === '#' && plain !== '' && !/\s$/.test(plain);
  return isCut ? { expected: 'quotes around a value that holds #' } : { text: plain.trim() };
}

function readQuoted(scanner: Scanner): ReadValue {
  const found = scanner.take(QUOTED);
  if (!found) return { expected: 'a quote that is closed' };
  const [, single, double, back] = found;
  if (!endsHere(scanner)) return { expected: 'nothing after the closing quote' };
  if (double === undefined) return { text: single ?? back ?? '' };
  return { text: double.replaceAll('\\n', '\n').replaceAll('\\r', '\r') };
}

/** True when only blanks and a comment are left of the line, which is taken. */
function endsHere(scanner: Scanner): boolean {
  return /^[^\S\n]*(?:#.*)?$/.test(scanner.take(REST_OF_LINE)?.[0] ?? '');
}

interface Scanner {
  isAtEnd(): boolean;
  /** The next character. */
  peek(): string;
  take(pattern: RegExp): RegExpExecArray | undefined;
  place(): { readonly line: number; readonly column: number };
}

function createScanner(text: string): Scanner {
  let at = 0;
  let line = 1;
  let lineStart = 0;
  return {
    isAtEnd: () => at >= text.length,
    peek: () => text[at] ?? '',
    take: (pattern) => {
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (!found) return undefined;
      for (let i = text.indexOf('\n', at); i !== -1 && i < pattern.lastIndex; i = text.indexOf('\n', i + 1)) {
        line += 1;
        lineStart = i + 1;
      }
      at = pattern.lastIndex;
      return found;
    },
    place: () => ({ line, column: at - lineStart + 1 }),
  };
}
