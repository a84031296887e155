import type { HardCodedValue, MigratedVariable } from '../migration.ts';
import {
  type EnvironmentWord,
  findEnvironmentWords,
  type KnownNames,
  type WordReplacement,
} from './environment-words.ts';
import { findPasswords, type PasswordUrl } from './find-passwords.ts';
import { applyEdits, type Edit, type Literal, type LiteralLanguage } from './literal.ts';

/** A file without the values of one environment, as far as that could be done. */
export interface RewrittenFile {
  readonly source: string;
  readonly values: readonly HardCodedValue[];
  readonly variables: readonly MigratedVariable[];
}

/** What a person has to do with a password. */
export const HOLDS_PASSWORD =
  'it holds a password: keep it as a secret (secret://name#field), and change it, as git has it';

/** Lines that say so, with a reason, are left as they are. */
const IGNORED = /towpath(?:-|:\s*)(?:ignore|allow)\b/i;

/** Replaces what belongs to one environment by variables, and lists all that was found. */
export function rewriteFile(
  file: { readonly path: string; readonly source: string },
  language: LiteralLanguage,
  known: KnownNames,
): RewrittenFile {
  const { path, source } = file;
  const taken = new Map(known.computed);
  const outcomes = language.listLiterals(source).map((literal) => {
    const words = listWords(source, literal, known).map((word) => claimVariable(word, taken));
    return { words, ...rewriteLiteral(source, literal, words, language) };
  });
  const edits = outcomes.flatMap((outcome) => outcome.edits);
  const judged = outcomes.flatMap(({ words, byHand }) => words.map((word) => judge(word, byHand)));
  const values = judged.map(({ word, replacement, byHand }) => {
    const { text, environment } = word;
    return { path, ...locate(source, word.start), text, environment, variable: replacement?.variable, byHand };
  });
  const variables = judged.flatMap(({ replacement }) => (replacement ? [toVariable(replacement)] : []));
  const finish = edits.length > 0 ? language.finish(source) : [];
  return { source: applyEdits(source, [...edits, ...finish]), values, variables };
}

/** `/prod/a/b` and `/prod/a-b` would both be A_B_PATH: who comes second is left to a person. */
function claimVariable(word: EnvironmentWord, taken: Map<string, string>): EnvironmentWord {
  const { replacement } = word;
  if (!replacement) return word;
  const { variable, template } = replacement;
  const other = taken.get(variable);
  if (other === undefined) taken.set(variable, template);
  if (other === undefined || toShape(other) === toShape(template)) return word;
  return { ...word, replacement: undefined, byHand: `${variable} is ${other} already` };
}

/** A prefix and the environment's name are the same word in each environment. */
function toShape(template: string): string {
  return template.replace(/\$\{(?:ENVIRONMENT|S3_BUCKET_PREFIX)\}/g, '*');
}

interface Judged {
  readonly word: EnvironmentWord;
  readonly replacement: WordReplacement | undefined;
  readonly byHand: string | undefined;
}

/** A word without a variable is left to a person, and so are all words of a literal that can't be rewritten. */
function judge(word: EnvironmentWord, literalByHand: string | undefined): Judged {
  const byHand = word.byHand ?? literalByHand;
  return { word, replacement: byHand === undefined ? word.replacement : undefined, byHand };
}

/** The words of a literal outside of its code, with places in the source. */
function listWords(source: string, literal: Literal, known: KnownNames): readonly EnvironmentWord[] {
  const { start, end, holes } = literal;
  const text = blank(source.slice(start, end), start, holes);
  const passwords = findPasswords(text);
  const isApart = (word: EnvironmentWord): boolean =>
    !passwords.some((url) => word.start < url.end && url.start < word.end);
  const isCode = (word: EnvironmentWord): boolean =>
    holes.some(([from, to]) => word.start < to - start && from - start < word.end);
  const words = findEnvironmentWords(text, known).filter((word) => isApart(word) && !isCode(word));
  return [...passwords.map((url) => toPasswordWord(url, text, known)), ...words]
    .map((word) => move(word, start))
    .filter((word) => !IGNORED.test(getLine(source, word.start)) && !IGNORED.test(getLineAbove(source, word.start)));
}

/** The whole URL is one secret; nothing of it is replaced. */
function toPasswordWord({ start, end, shown }: PasswordUrl, text: string, known: KnownNames): EnvironmentWord {
  const [named] = findEnvironmentWords(text.slice(start, end), known);
  return { start, end, text: shown, environment: named?.environment, replacement: undefined, byHand: HOLDS_PASSWORD };
}

// Code keeps its length, so that places stay true; the sign is one that no word has.
function blank(text: string, offset: number, holes: Literal['holes']): string {
  return holes.reduce(
    (blanked, [from, to]) => blanked.slice(0, from - offset) + '\0'.repeat(to - from) + blanked.slice(to - offset),
    text,
  );
}

function move(word: EnvironmentWord, by: number): EnvironmentWord {
  const { replacement } = word;
  const moved = replacement && { ...replacement, start: replacement.start + by, end: replacement.end + by };
  return { ...word, start: word.start + by, end: word.end + by, replacement: moved };
}

function rewriteLiteral(
  source: string,
  literal: Literal,
  words: readonly EnvironmentWord[],
  language: LiteralLanguage,
): { readonly edits: readonly Edit[]; readonly byHand: string | undefined } {
  if (literal.byHand !== undefined) return { edits: [], byHand: literal.byHand };
  const insertions = words.flatMap(({ replacement }) => (replacement ? [replacement] : []));
  if (insertions.length === 0) return { edits: [], byHand: undefined };
  const edits = language.rewrite(source, literal, insertions);
  return typeof edits === 'string' ? { edits: [], byHand: edits } : { edits, byHand: undefined };
}

function toVariable({ variable, type, template }: WordReplacement): MigratedVariable {
  return { name: variable, type, template };
}

function locate(source: string, at: number): { readonly line: number; readonly column: number } {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function getLine(source: string, at: number): string {
  const end = source.indexOf('\n', at);
  return source.slice(source.lastIndexOf('\n', at - 1) + 1, end < 0 ? source.length : end);
}

function getLineAbove(source: string, at: number): string {
  const start = source.lastIndexOf('\n', at - 1);
  return start < 0 ? '' : getLine(source, start - 1);
}
