// SQL as dbt reads it: a value becomes `{{ env_var('NAME') }}`. Other SQL has no variables of its own, so it is only reported.
import { listSqlStretches } from '@towpath/config/sql-texts';
import type { Edit, Insertion, Literal, LiteralLanguage } from './literal.ts';

/** SQL of a dbt project, or any other. */
export function createSqlLanguage(isDbt: boolean): LiteralLanguage {
  const byHand = isDbt ? undefined : 'plain SQL has no variables; pass the name in from the code that runs it';
  return { listLiterals: (source) => listLiterals(source, byHand), rewrite, finish: () => [] };
}

/** The stretches between comments; those of a template are there too, for a person. */
function listLiterals(source: string, byHand: string | undefined): readonly Literal[] {
  return listSqlStretches(source).map(({ isTemplate, ...place }) => ({
    ...place,
    holes: [],
    byHand: isTemplate ? 'it is within a template' : byHand,
  }));
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
