// SQL as dbt reads it: a value becomes `{{ env_var('NAME') }}`. Other SQL has no variables of its own, so it is only reported.
import type { Edit, Insertion, Literal, LiteralLanguage } from './literal.ts';

const COMMENT_OR_TEMPLATE = /--[^\n]*|\/\*[\s\S]*?\*\/|\{#[\s\S]*?#\}|(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/g;

/** SQL of a dbt project, or any other. */
export function createSqlLanguage(isDbt: boolean): LiteralLanguage {
  const byHand = isDbt ? undefined : 'plain SQL has no variables; pass the name in from the code that runs it';
  return { listLiterals: (source) => listLiterals(source, byHand), rewrite, finish: () => [] };
}

/** The stretches between comments; those of a template are there too, for a person. */
function listLiterals(source: string, byHand: string | undefined): readonly Literal[] {
  const literals: Literal[] = [];
  let at = 0;
  const add = (start: number, end: number, reason: string | undefined): void => {
    if (end > start) literals.push({ start, end, outerStart: start, outerEnd: end, holes: [], byHand: reason });
  };
  for (const match of source.matchAll(COMMENT_OR_TEMPLATE)) {
    const end = match.index + match[0].length;
    add(at, match.index, byHand);
    if (match[1] !== undefined) add(match.index, end, 'it is within a template');
    at = end;
  }
  add(at, source.length, byHand);
  return literals;
}

function rewrite(source: string, _literal: Literal, insertions: readonly Insertion[]): readonly Edit[] {
  return insertions.map(({ start, end, variable }) => {
    // Within a string of SQL the quotes of the template must be the other ones.
    const quote = source[start - 1] === "'" || isWithinString(source, start) ? '"' : "'";
    return { start, end, text: `{{ env_var(${quote}${variable}${quote}) }}` };
  });
}

function isWithinString(source: string, at: number): boolean {
  const line = source.slice(source.lastIndexOf('\n', at - 1) + 1, at);
  return (line.match(/'/g) ?? []).length % 2 === 1;
}
