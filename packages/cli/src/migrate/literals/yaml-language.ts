// Scalars of YAML. Compose files know `${NAME}`, dbt's files `{{ env_var('NAME') }}`; all others are only reported. What
// stands below a key named like its environment is a declaration of it, and right where it is.
import { listYamlTexts, type YamlText } from '@towpath/config/yaml-texts';
import type { Edit, Insertion, Literal, LiteralLanguage } from './literal.ts';

/** Who reads the file. */
export type YamlDialect = 'compose' | 'dbt' | 'other';

/** YAML of one dialect. */
export function createYamlLanguage(dialect: YamlDialect, environments: readonly string[]): LiteralLanguage {
  return {
    listLiterals: (source) => listLiterals(source, dialect, environments),
    rewrite: (source, literal, insertions) => rewrite(source, literal, insertions, dialect),
    finish: () => [],
  };
}

function listLiterals(source: string, dialect: YamlDialect, environments: readonly string[]): readonly Literal[] {
  const isDeclared = ({ keys }: YamlText): boolean =>
    keys.some((name) => environments.some((environment) => isOf(name, environment)));
  return listYamlTexts(source)
    .texts.filter((text) => !isDeclared(text))
    .map((text) => toLiteral(text, dialect));
}

/** `dev`, `deploy-dev`, `dev_target`. */
function isOf(key: string, environment: string): boolean {
  return key.split(/[._-]/).includes(environment);
}

function toLiteral({ start, end, outerStart, outerEnd, isBlock }: YamlText, dialect: YamlDialect): Literal {
  const reason = isBlock ? 'it is within a block of text' : 'nothing is known that fills variables into this file';
  return { start, end, outerStart, outerEnd, holes: [], byHand: dialect === 'other' || isBlock ? reason : undefined };
}

function rewrite(
  source: string,
  { start, end, outerStart, outerEnd }: Literal,
  insertions: readonly Insertion[],
  dialect: YamlDialect,
): readonly Edit[] | string {
  const toText = (variable: string): string =>
    dialect === 'compose' ? `\${${variable}}` : `{{ env_var('${variable}') }}`;
  const edits = insertions.map(({ variable, ...place }) => ({ ...place, text: toText(variable) }));
  const isQuoted = outerStart !== start;
  if (isQuoted && source[outerStart] === '"') return edits;
  if (/["\\]|''/.test(source.slice(start, end))) return 'it holds signs that mean something else between double quotes';
  // Braces at the start of a plain scalar would open a mapping.
  const quotes = [
    { start: outerStart, end: start, text: '"' },
    { start: end, end: outerEnd, text: '"' },
  ];
  return [...quotes, ...edits];
}
