// From a declaration to a source: the one place where variables of the server are read, and where each question gets its limits.
import { EVIDENCE_SERVICES, SECRET_VARIABLE_PATTERN, type SourceDeclaration } from '@towpath/core';
import { boundTexts } from './bound-texts.ts';
import { EvidenceRefusal, type EvidenceSource } from './evidence-source.ts';
import { createMask } from './http/mask-secret.ts';
import { createDynatraceSource } from './sources/dynatrace/dynatrace-source.ts';
import { createFileSource } from './sources/file/file-source.ts';
import { createGitHubSource } from './sources/github/github-source.ts';
import { createHttpSource } from './sources/http/http-source.ts';
import { createServiceNowSource } from './sources/servicenow/servicenow-source.ts';

/** What a server lends its sources. */
export interface SourceSurroundings {
  /** A variable of the server; only `TOWPATH_EVIDENCE_…` are asked for. */
  readonly readVariable: (name: string) => string | undefined;
  /** Where files of evidence lie; undefined: there are none. */
  readonly folder: string | undefined;
  /** Default 15,000: services answer in one or two seconds, and a page of a long list is one request of several. */
  readonly limitMs?: number | undefined;
}

const DEFAULT_LIMIT_MS = 15_000;
const LINK_CHARACTERS = 1_000;
/** A screenful. */
const EXCERPT_CHARACTERS = 2_000;

/** The source that a policy declares. Nothing is read or asked before its first question. */
export function createSource(declaration: SourceDeclaration, surroundings: SourceSurroundings): EvidenceSource {
  const { limitMs = DEFAULT_LIMIT_MS } = surroundings;
  const kinds = EVIDENCE_SERVICES[declaration.service];
  return {
    kinds,
    ask: async (question, { nowMs, signal }) => {
      if (!kinds.some((kind) => kind === question.kind)) throw new EvidenceRefusal('QUESTION_UNSUPPORTED');
      const secret = readSecret(declaration, surroundings);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
      const source = open(declaration, secret, surroundings);
      const found = await source.ask(question, { nowMs, signal: limit });
      const mask = createMask(secret, readUser(declaration));
      return {
        answer: boundTexts(found.answer, mask),
        excerpt: mask(found.excerpt).slice(0, EXCERPT_CHARACTERS).replaceAll('\0', '').toWellFormed(),
        link: found.link === null ? null : toLink(mask(found.link)),
      };
    },
  };
}

/** What people may follow; anything else that a service writes in its place is none. */
function toLink(text: string): string | null {
  const url = text.length <= LINK_CHARACTERS ? URL.parse(text) : null;
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null;
}

function readSecret(declaration: SourceDeclaration, { readVariable }: SourceSurroundings): string | undefined {
  if (declaration.service === 'file' || declaration.secretFrom === undefined) return undefined;
  const { secretFrom: name } = declaration;
  const value = SECRET_VARIABLE_PATTERN.test(name) ? readVariable(name) : undefined;
  if (value === undefined || value === '') throw new EvidenceRefusal('SECRET_MISSING', `Set ${name}.`);
  // What can't stand in a header would be quoted by the error of whoever puts it there. A password is encoded before.
  const isUsable = readUser(declaration) === undefined ? /^[\x21-\x7e]+$/ : /^[^\p{Cc}]+$/u;
  if (!isUsable.test(value)) throw new EvidenceRefusal('SECRET_MISSING', `${name} holds no token.`);
  return value;
}

function readUser(declaration: SourceDeclaration): string | undefined {
  return declaration.service === 'servicenow' ? declaration.user : undefined;
}

function open(
  declaration: SourceDeclaration,
  secret: string | undefined,
  { folder }: SourceSurroundings,
): Pick<EvidenceSource, 'ask'> {
  switch (declaration.service) {
    case 'servicenow':
      return createServiceNowSource(declaration, secret);
    case 'dynatrace':
      return createDynatraceSource(declaration, secret);
    case 'github':
      return createGitHubSource(declaration, secret);
    case 'http':
      return createHttpSource(declaration, secret);
    case 'file':
      return createFileSource(declaration, folder);
  }
}
