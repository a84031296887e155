// Whether a text of code names an environment, or what belongs to one.
import { compilePattern, type EnvironmentDeclaration, OWNED_KINDS } from '@towpath/core';
import { isFileName, speaksAboutEnvironments } from '../literals/name-segments.ts';

/** A word of one environment inside a text. */
export interface EnvironmentName {
  readonly word: string;
  readonly environment: string;
  /** Why it is taken for one. */
  readonly reason: string;
}

/** Finds the first one in a text. */
export type FindEnvironmentName = (text: string) => EnvironmentName | undefined;

/** Patterns with fewer letters of their own match nearly anything. */
const LEAST_LETTERS = 3;

/** Shorter names of environments (`A`, `B`) are words of every program; only what they own is looked for. */
const LEAST_NAME = 3;

/** Prepares the search for the environments of a project. */
export function createEnvironmentNameFinder(environments: readonly EnvironmentDeclaration[]): FindEnvironmentName {
  const finders = environments.map(createFinder);
  return (text) => {
    const words = text.match(/[A-Za-z0-9_/][\w./@:-]*/g) ?? [];
    const isOneWord = !/\s/.test(text.trim());
    for (const find of finders) {
      for (const word of words) {
        const found = find(word.replace(/[.:/-]+$/, ''), isOneWord);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  };
}

function createFinder(
  environment: EnvironmentDeclaration,
): (word: string, isOneWord: boolean) => EnvironmentName | undefined {
  const { name, namespace, zones } = environment;
  const derived = new Set([namespace, ...zones.values()]);
  const patterns = OWNED_KINDS.flatMap((kind) =>
    environment.owns[kind].filter(isTelling).map((pattern) => ({ kind, pattern, matches: compilePattern(pattern) })),
  );
  const explain = (word: string, isOneWord: boolean): string | undefined => {
    const parts = listParts(word);
    const owned = patterns.find(({ matches }) => parts.some(matches));
    if (owned !== undefined) return `${name} owns ${owned.kind}: ${owned.pattern}`;
    if (parts.some((part) => derived.has(part))) return `it is a name of ${name}`;
    // In prose a name of an environment is only a word.
    if (!isOneWord || name.length < LEAST_NAME) return undefined;
    if (word === name) return 'it is the name of an environment';
    return hasSegment(word, name) ? `${name} is the name of an environment` : undefined;
  };
  return (word, isOneWord) => {
    const reason = word === '' ? undefined : explain(word, isOneWord);
    return reason === undefined ? undefined : { word, environment: name, reason };
  };
}

function isTelling(pattern: string): boolean {
  return pattern.replace(/[^A-Za-z0-9]/g, '').length >= LEAST_LETTERS;
}

// `s3://prod-raw/key` is the bucket, `https://api.prod.example/v1` the host, `prod_dwh.orders` the database.
function listParts(word: string): readonly string[] {
  const [, authority] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/:]+)/i.exec(word) ?? [];
  const [schema] = word.split('.');
  return [word, ...(authority === undefined ? [] : [authority]), ...(schema === undefined ? [] : [schema])];
}

// First or last of several, or a whole label of a host or part of a path.
function hasSegment(word: string, name: string): boolean {
  if (isFileName(word)) return false;
  const labels = word.split(/[./:]+/).filter((label) => label !== '');
  if (labels.length > 1 && labels.includes(name)) return true;
  return labels.some((label) => {
    const segments = label.split(/[_-]/);
    if (segments.length < 2) return false;
    return segments[0] === name || (segments.at(-1) === name && !speaksAboutEnvironments(segments.at(-2) ?? ''));
  });
}
