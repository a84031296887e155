// Python's strings. A value becomes `Config.NAME`, or an f-string around it.
import { listPythonStrings, type PythonString } from '@towpath/config/python-strings';
import type { Edit, Insertion, Literal, LiteralLanguage } from './literal.ts';

/** Python, whose variables are attributes of `Config`; `importLine` makes that name known, and may be several lines. */
export function createPythonLanguage(importLine: string): LiteralLanguage {
  return {
    listLiterals,
    rewrite,
    finish: (source) => (/\bimport\b[^\n]*\bConfig\b/.test(source) ? [] : [addImport(source, importLine)]),
  };
}

function listLiterals(source: string): readonly Literal[] {
  return listPythonStrings(source)
    .filter((string) => !isDocumentation(source, string))
    .map(({ start, end, outerStart, outerEnd, holes, prefix }) => {
      const byHand = /b/i.test(prefix) ? 'it is bytes' : undefined;
      return { start, end, outerStart, outerEnd, holes, byHand };
    });
}

// A text in three quotes that is a statement of its own says something to people.
function isDocumentation(source: string, { outerStart, outerEnd, quote }: PythonString): boolean {
  const before = source.slice(source.lastIndexOf('\n', outerStart - 1) + 1, outerStart);
  return quote.length === 3 && before.trim() === '' && /^[ \t]*(?:#[^\n]*)?(?:\n|$)/.test(source.slice(outerEnd));
}

function rewrite(source: string, literal: Literal, insertions: readonly Insertion[]): readonly Edit[] | string {
  const { start, end, outerStart, outerEnd } = literal;
  const [only] = insertions;
  const isWhole = only?.start === start && only.end === end && !hasNeighbour(source, literal);
  if (only && isWhole) return [{ start: outerStart, end: outerEnd, text: `Config.${only.variable}` }];
  const prefix = /^[A-Za-z]*/.exec(source.slice(outerStart, start))?.[0] ?? '';
  const edits = insertions.map(({ variable, ...place }) => ({ ...place, text: `{Config.${variable}}` }));
  if (/f/i.test(prefix)) return edits;
  if (/u/i.test(prefix)) return 'its prefix u has no form with variables';
  if (/[{}]/.test(source.slice(start, end))) return 'it holds braces; perhaps it is a template';
  return [{ start: outerStart, end: outerStart, text: 'f' }, ...edits];
}

// Strings beside each other are one string; a name can't stand there.
function hasNeighbour(source: string, { outerStart, outerEnd }: Literal): boolean {
  const before = /(\S)\s*$/.exec(source.slice(0, outerStart))?.[1] ?? '';
  return /["']/.test(before) || /^(?:\s|\\|#[^\n]*\n)*[A-Za-z]{0,2}["']/.test(source.slice(outerEnd));
}

/** Before the first import that isn't of `__future__`, else behind the module's documentation. */
function addImport(source: string, importLine: string): Edit {
  const first = /^(?:import\s|from\s+(?!__future__))/m.exec(source);
  if (first) return { start: first.index, end: first.index, text: `${importLine}\n` };
  const head = /^(?:#[^\n]*\n|\s*\n)*(?:[rR]?("""|''')[\s\S]*?\1[^\n]*\n)?(?:from __future__[^\n]*\n|\s*\n)*/.exec(
    source,
  );
  const at = head?.[0].length ?? 0;
  return { start: at, end: at, text: `${importLine}\n\n` };
}
