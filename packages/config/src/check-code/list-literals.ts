// The texts of a source that can name something, in each language that is checked.
import { listPythonStrings, type PythonString } from '../literals/python-strings.ts';
import { listSqlTexts } from '../literals/sql-texts.ts';
import { listTypeScriptStrings } from '../literals/typescript-strings.ts';
import { listYamlTexts } from '../literals/yaml-texts.ts';
import { createLocator, type ListLiterals } from './literal.ts';

/** Strings and the plain parts of templates. */
export const listTypeScriptLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  return listTypeScriptStrings(source).flatMap(({ text, outerStart }) =>
    text === undefined ? [] : [{ text, ...locate(outerStart) }],
  );
};

/** Strings but texts that stand alone (docstrings); of an f-string the plain parts count. */
export const listPythonLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  const values = listPythonStrings(source).filter((string) => string.isClosed && !standsAlone(source, string));
  return values.map(({ start, end, outerStart }) => ({ text: source.slice(start, end), ...locate(outerStart) }));
};

/** Strings and names. */
export const listSqlLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  return listSqlTexts(source).map(({ text, outerStart }) => ({ text, ...locate(outerStart) }));
};

/** Values that are texts. */
export const listYamlLiterals: ListLiterals = (source) => {
  const locate = createLocator(source);
  const { texts, problem } = listYamlTexts(source);
  if (problem !== undefined) throw new Error(problem);
  return texts.map(({ text, outerStart }) => ({ text, ...locate(outerStart) }));
};

// Alone on its lines, and not within brackets or behind an operator: a docstring, whose value nobody takes.
function standsAlone(source: string, { outerStart, outerEnd }: PythonString): boolean {
  const before = source.slice(0, outerStart);
  const isFirst = /(?:^|\n)[^\S\n]*$/.test(before.slice(-200));
  const isLast = /^[^\S\n]*(?:\n|$)/.test(source.slice(outerEnd, outerEnd + 200));
  return isFirst && isLast && !/[([{,=+*/%|&<>\\-]$/.test(before.trimEnd().slice(-1));
}
