// Strings of TypeScript and JavaScript, found in the syntax tree. A value becomes `config.NAME`, or a template around it.
import { listTypeScriptStrings } from '@towpath/config/typescript-strings';
import type { Edit, Insertion, Literal, LiteralLanguage } from './literal.ts';

/** TypeScript, whose variables are members of `config`; `importLine` makes that name known. */
export function createTypeScriptLanguage(importLine: string): LiteralLanguage {
  return {
    listLiterals,
    rewrite,
    finish: (source) => (/\bimport\b[^;]*\{[^}]*\bconfig\b/.test(source) ? [] : [addImport(source, importLine)]),
  };
}

function listLiterals(source: string): readonly Literal[] {
  const whole = listTypeScriptStrings(source).filter(({ kind }) => kind === 'string' || kind === 'template');
  return whole.map(({ start, end, outerStart, outerEnd, holes, isAttribute }) => ({
    ...{ start, end, outerStart, outerEnd, holes },
    ...(isAttribute ? { byHand: 'it is an attribute of markup' } : {}),
  }));
}

function rewrite(source: string, literal: Literal, insertions: readonly Insertion[]): readonly Edit[] | string {
  const { start, end, outerStart, outerEnd } = literal;
  const [only] = insertions;
  if (only?.start === start && only.end === end)
    return [{ start: outerStart, end: outerEnd, text: `config.${only.variable}` }];
  const edits = insertions.map(({ variable, ...place }) => ({ ...place, text: `\${config.${variable}}` }));
  if (source[outerStart] === '`') return edits;
  if (/[\\`]|\$\{/.test(source.slice(start, end))) return 'it holds signs that mean something else in a template';
  const quotes = [
    { start: outerStart, end: start, text: '`' },
    { start: end, end: outerEnd, text: '`' },
  ];
  return [...quotes, ...edits];
}

function addImport(source: string, importLine: string): Edit {
  const first = /^import\s/m.exec(source);
  if (first) return { start: first.index, end: first.index, text: `${importLine}\n` };
  const head = /^(?:#![^\n]*\n)?(?:\/\/[^\n]*\n|\s*\n)*/.exec(source)?.[0].length ?? 0;
  return { start: head, end: head, text: `${importLine}\n\n` };
}
