// Any service that answers a GET with JSON: who is on call, whether the release manager is there. What is looked for is a place in the
// answer and a value.
import type { SourceDeclaration, Statement } from '@towpath/core';
import { z } from 'zod';
import { EvidenceRefusal, type EvidenceSource } from '../../evidence-source.ts';
import { askJson } from '../../http/ask-json.ts';
import { fillTemplate } from './fill-template.ts';
import { findByPointer } from './json-pointer.ts';

type Declaration = Extract<SourceDeclaration, { service: 'http' }>;

/** Creates it; the secret is sent as bearer. */
export function createHttpSource(declaration: Declaration, secret: string | undefined): Pick<EvidenceSource, 'ask'> {
  const { url: template, pointer } = declaration;
  return {
    ask: async (question, options) => {
      if (question.kind !== 'statement') throw new EvidenceRefusal('QUESTION_UNSUPPORTED');
      const url = fillTemplate(template, { ...question.values });
      const headers: Readonly<Record<string, string>> =
        secret === undefined ? {} : { authorization: `Bearer ${secret}` };
      const { body, text } = await askJson(z.unknown(), { url, headers, ...options });
      const statement = compare(findByPointer(body, pointer), declaration);
      return { answer: { kind: 'statement', statement }, excerpt: text, link: url };
    },
  };
}

/** As much as a person reads in a table. */
const SEEN_CHARACTERS = 200;

function compare(found: unknown, { equals }: Declaration): Statement {
  const seen = found === undefined || found === null ? null : toText(found).slice(0, SEEN_CHARACTERS);
  if (equals !== undefined) return { holds: found === equals, seen, wanted: String(equals) };
  return { holds: !isNothing(found), seen, wanted: null };
}

function isNothing(found: unknown): boolean {
  if (Array.isArray(found)) return found.length === 0;
  return found === undefined || found === null || found === false || found === '' || found === 0;
}

function toText(found: unknown): string {
  return typeof found === 'string' ? found : JSON.stringify(found);
}
