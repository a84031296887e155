// Which words in a text belong to one environment (`prod-bronze-zone`, `prod_analytics`, `/prod/fmp/api_key`), and which
// variable says the same for all of them. A word without evidence of what it is gets no variable: a wrong rewrite costs
// more than one that a person makes.

import { isFileName, speaksAboutEnvironments } from '@towpath/config/name-segments';

/** A word of one environment within a text. */
export interface EnvironmentWord {
  /** Place in the text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Undefined for a password that names none. */
  readonly environment: string | undefined;
  /** What says the same in every environment; undefined when a person has to decide. */
  readonly replacement: WordReplacement | undefined;
  /** Why there is none. */
  readonly byHand: string | undefined;
}

/** A variable, and the part of the word it stands for. */
export interface WordReplacement {
  readonly variable: string;
  readonly type: string;
  /** Text with `${NAME}` in it. */
  readonly template: string;
  readonly start: number;
  readonly end: number;
}

/** What the repository is known to have. */
export interface KnownNames {
  readonly environments: readonly string[];
  /** Buckets and databases without their environment: `athena-results`, `analytics`. */
  readonly resources: ReadonlySet<string>;
  /** Templates of variables that the repository computes already, by name: a name never stands for two values. */
  readonly computed?: ReadonlyMap<string, string>;
}

const ZONE = /^(bronze|silver|gold)-zone$/;

/** Finds the words of a text that belong to one environment. */
export function findEnvironmentWords(text: string, known: KnownNames): readonly EnvironmentWord[] {
  const path = findSecretPath(text, known);
  if (path) return [path];
  return [...text.matchAll(/[A-Za-z0-9][A-Za-z0-9._-]*/g)].flatMap((match) => {
    const word = match[0].replace(/[._-]+$/, '');
    const environment = findSegment(word, known.environments);
    if (environment === undefined) return [];
    return [describe({ text, word, start: match.index, environment, known })];
  });
}

function findSegment(word: string, environments: readonly string[]): string | undefined {
  const segments = word.split(/[._-]/);
  return environments.find((name) => segments.includes(name));
}

interface Found {
  readonly text: string;
  readonly word: string;
  readonly start: number;
  readonly environment: string;
  readonly known: KnownNames;
}

function describe(found: Found): EnvironmentWord {
  const { word, start, environment, text } = found;
  const place = { start, end: start + word.length, text: word, environment };
  const replacement = findBucket(found) ?? findDatabase(found) ?? findHost(found) ?? findName(found);
  if (replacement) return { ...place, replacement, byHand: undefined };
  const byHand =
    word === environment
      ? `decides by the environment's name${text === word ? '' : ' within a text'}; give what differs a variable of its own`
      : 'what it names is not clear from the code';
  return { ...place, replacement: undefined, byHand };
}

// A secret's path is seen as a whole: `/prod/fmp/api_key`.
function findSecretPath(text: string, { environments }: KnownNames): EnvironmentWord | undefined {
  const [, name = '', rest = ''] = /^\/([^/]+)\/([A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+)$/.exec(text) ?? [];
  const environment = environments.find((candidate) => candidate === name);
  if (environment === undefined) return undefined;
  const variable = `${toVariable(rest)}_PATH`;
  const place = { start: 0, end: text.length };
  const replacement = { ...place, variable, type: 'secretPath', template: `/\${ENVIRONMENT}/${rest}` };
  return { ...place, text, environment, replacement, byHand: undefined };
}

function findBucket({ text, word, start, environment, known }: Found): WordReplacement | undefined {
  if (!word.startsWith(`${environment}-`) || word.includes('.')) return undefined;
  const rest = word.slice(environment.length + 1);
  const isBucket = ZONE.test(rest) || known.resources.has(rest) || /\b(?:s3a?|gs):\/\/$/.test(text.slice(0, start));
  if (!isBucket) return undefined;
  const variable = `${toVariable(rest.replace(/-zone$/, ''))}_BUCKET`;
  return { start, end: start + word.length, variable, type: 'bucket', template: `\${S3_BUCKET_PREFIX}-${rest}` };
}

// `prod_analytics`, and `prod_analytics.quotes`, of which the table stays.
function findDatabase({ word, start, environment, known }: Found): WordReplacement | undefined {
  const [database = ''] = word.split('.');
  const rest = database.slice(environment.length + 1);
  if (!database.startsWith(`${environment}_`) || !known.resources.has(rest)) return undefined;
  const variable = `${toVariable(rest)}_DATABASE`;
  return { start, end: start + database.length, variable, type: 'database', template: `\${ENVIRONMENT}_${rest}` };
}

function findHost({ text, word, start, environment }: Found): WordReplacement | undefined {
  const isWhole = word === text || /\/\/$/.test(text.slice(0, start));
  if (!isWhole || !/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}$/.test(word) || isFileName(word)) return undefined;
  const segments = new RegExp(`(^|[.-])${environment}(?=[.-])`);
  const [first = ''] = word.replace(segments, '').replace(/^[.-]/, '').split('.');
  const template = word.replace(segments, (_, before: string) => `${before}\${ENVIRONMENT}`);
  return { start, end: start + word.length, variable: `${toVariable(first)}_HOST`, type: 'host', template };
}

// `ingest-fmp-prod`: only its end says the environment.
function findName({ text, word, start, environment }: Found): WordReplacement | undefined {
  const rest = word.slice(0, -environment.length - 1);
  const isName = word === text && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(word) && word.endsWith(`-${environment}`);
  if (!isName || speaksAboutEnvironments(rest.split('-').at(-1) ?? '')) return undefined;
  const end = start + word.length;
  const place = { start: end - environment.length, end };
  return { ...place, variable: 'ENVIRONMENT', type: 'string', template: `\${ENVIRONMENT}` };
}

function toVariable(text: string): string {
  return text
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .replace(/^(?=\d)/, 'N');
}
