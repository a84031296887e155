// Strings of Python by their places. Comments are none.
import type { SourceRange, SourceText } from './source-text.ts';

/** A string, docstrings included. */
export interface PythonString extends SourceText {
  /** `f`, `rb`, … as it is written; empty for most. */
  readonly prefix: string;
  readonly quote: string;
  /** False where the line, or the source, ends within it. */
  readonly isClosed: boolean;
  /** The `{…}` of an f-string. */
  readonly holes: readonly SourceRange[];
}

const TOKEN = /#[^\n]*|(?<![A-Za-z0-9_])([A-Za-z]{0,2})("""|'''|"|')/g;

/** Lists them in order. Ends for any text; one that is no Python gives what looks like strings. */
export function listPythonStrings(source: string): readonly PythonString[] {
  const strings: PythonString[] = [];
  const token = new RegExp(TOKEN);
  for (let match = token.exec(source); match; match = token.exec(source)) {
    const [, prefix = '', quote] = match;
    if (quote === undefined) continue;
    const string = readString(source, match.index, prefix, quote);
    token.lastIndex = string.outerEnd;
    strings.push(string);
  }
  return strings;
}

function readString(source: string, outerStart: number, prefix: string, quote: string): PythonString {
  const start = outerStart + prefix.length + quote.length;
  let end = start;
  while (end < source.length && !source.startsWith(quote, end)) {
    if (quote.length === 1 && source[end] === '\n') break;
    end += source[end] === '\\' ? 2 : 1;
  }
  const holes = /f/i.test(prefix) ? findHoles(source, start, end) : [];
  const outerEnd = Math.min(end + quote.length, source.length);
  return { start, end, outerStart, outerEnd, prefix, quote, holes, isClosed: source.startsWith(quote, end) };
}

/** A quote inside of one ends the search: such strings are left alone. */
function findHoles(source: string, start: number, end: number): readonly SourceRange[] {
  return [...source.slice(start, end).matchAll(/\{\{|\{[^{}]*\}/g)].map(
    (match) => [start + match.index, start + match.index + match[0].length] as const,
  );
}
