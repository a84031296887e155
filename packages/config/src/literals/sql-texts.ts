// Texts of SQL by their places. A schema that is written out is as hard-coded as a string, so names count, too. Comments are none;
// templates (`{{ … }}`, `{% … %}`) are told apart.
import type { SourceText } from './source-text.ts';

/** A string or a name, without quotes. */
export interface SqlText extends SourceText {
  readonly text: string;
}

/** All between two comments or templates, or a template. */
export interface SqlStretch extends SourceText {
  readonly isTemplate: boolean;
}

const COMMENT = String.raw`--[^\n]*|\/\*[\s\S]*?\*\/|\{#[\s\S]*?#\}`;

const TOKEN = new RegExp(
  `${COMMENT}|${String.raw`'((?:''|[^'])*)'|"((?:""|[^"])*)"|\`([^\`]*)\`|\[([^\]\n]*)\]|([A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)*)`}`,
  'g',
);

const COMMENT_OR_TEMPLATE = new RegExp(String.raw`${COMMENT}|(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})`, 'g');

/** Strings and names, those of templates included. */
export function listSqlTexts(source: string): readonly SqlText[] {
  return [...source.matchAll(TOKEN)].flatMap((match): readonly SqlText[] => {
    const text = match.slice(1).find((part) => part !== undefined);
    if (text === undefined) return [];
    const [outerStart, outerEnd] = [match.index, match.index + match[0].length];
    const quote = match[0].length > text.length ? 1 : 0;
    return [{ text, start: outerStart + quote, end: outerEnd - quote, outerStart, outerEnd }];
  });
}

/** The stretches that are no comment, templates by themselves. */
export function listSqlStretches(source: string): readonly SqlStretch[] {
  const stretches: SqlStretch[] = [];
  let at = 0;
  const add = (start: number, end: number, isTemplate: boolean): void => {
    if (end > start) stretches.push({ start, end, outerStart: start, outerEnd: end, isTemplate });
  };
  for (const match of source.matchAll(COMMENT_OR_TEMPLATE)) {
    const end = match.index + match[0].length;
    add(at, match.index, false);
    if (match[1] !== undefined) add(match.index, end, true);
    at = end;
  }
  add(at, source.length, false);
  return stretches;
}
