// Strings of Python. Comments and texts that stand alone (docstrings) are no values; of an f-string the plain parts count.
import { createLocator, type ListLiterals, type Literal } from '../literal.ts';

/** A comment, or a string with its prefix; alternatives in this order, so that a quote inside a comment opens nothing. */
const TOKEN =
  /#[^\n]*|\b(?:[rbuf]|rb|br|fr|rf)?("""|''')((?:\\[\s\S]|(?!\1)[\s\S])*)\1|\b(?:[rbuf]|rb|br|fr|rf)?(["'])((?:\\.|(?!\3)[^\\\n])*)\3|("""|''')((?:\\[\s\S]|(?!\5)[\s\S])*)\5|(["'])((?:\\.|(?!\7)[^\\\n])*)\7/gi;

/** All strings that can be values. */
export const listPythonLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  const found: Literal[] = [];
  for (const match of source.matchAll(TOKEN)) {
    const [whole, , triple, , single, , bareTriple, , bareSingle] = match;
    const text = triple ?? single ?? bareTriple ?? bareSingle;
    if (text === undefined || standsAlone(source, match.index, whole.length)) continue;
    found.push({ text, ...locate(match.index) });
  }
  return found;
};

// Alone on its lines, and not within brackets or behind an operator: a docstring, whose value nobody takes.
function standsAlone(source: string, start: number, length: number): boolean {
  const before = source.slice(0, start);
  const isFirst = /(?:^|\n)[^\S\n]*$/.test(before.slice(-200));
  const isLast = /^[^\S\n]*(?:\n|$)/.test(source.slice(start + length, start + length + 200));
  return isFirst && isLast && !/[([{,=+*/%|&<>\\-]$/.test(before.trimEnd().slice(-1));
}
