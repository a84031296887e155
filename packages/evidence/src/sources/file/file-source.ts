// Evidence that somebody writes down by hand, for installations without such services: a YAML or JSON file in the server's folder of
// evidence. It says until when it holds, so that a forgotten one lets nothing through; about what it is silent, it gives no answer.
import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { ChangeRecord, EvidenceAnswer, EvidenceQuestion, SourceDeclaration } from '@towpath/core';
import { parse } from 'yaml';
import { EvidenceRefusal, type EvidenceSource } from '../../evidence-source.ts';
import { EvidenceFile } from './evidence-file.ts';

type Declaration = Extract<SourceDeclaration, { service: 'file' }>;

/** A page of text has four KiB. */
const MAX_BYTES = 256 * 1024;

/** Creates it. Undefined folder: this server has none. */
export function createFileSource({ path }: Declaration, folder: string | undefined): Pick<EvidenceSource, 'ask'> {
  return {
    ask: async (question, { nowMs }) => {
      if (folder === undefined)
        throw new EvidenceRefusal('FILE_MISSING', 'The server has no folder of evidence: set TOWPATH_EVIDENCE_FOLDER.');
      const text = await readInside(folder, path);
      const file = parseFile(text);
      if (nowMs >= Date.parse(file.validUntil)) throw new EvidenceRefusal('FILE_EXPIRED', `Since ${file.validUntil}.`);
      return { answer: findAnswer(file, question), excerpt: text, link: null };
    },
  };
}

// Links within the folder are followed, as mounted volumes have them; out of it nothing leads.
async function readInside(folder: string, path: string): Promise<string> {
  try {
    const [root, file] = [await realpath(folder), await realpath(join(folder, path))];
    const inside = relative(root, file);
    if (inside.startsWith('..') || isAbsolute(inside)) throw new EvidenceRefusal('FILE_MISSING', 'It lies elsewhere.');
    if ((await stat(file)).size > MAX_BYTES)
      throw new EvidenceRefusal('TOO_LARGE', `More than ${MAX_BYTES / 1024} KiB.`);
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (thrown instanceof EvidenceRefusal) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown';
    throw new EvidenceRefusal('FILE_MISSING', `(${code})`);
  }
}

function parseFile(text: string): EvidenceFile {
  let value: unknown;
  try {
    // Aliases could make a small file a large value.
    value = parse(text, { maxAliasCount: 0 });
  } catch {
    throw new EvidenceRefusal('ANSWER_INVALID', 'It is no YAML.');
  }
  const parsed = EvidenceFile.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EvidenceRefusal('ANSWER_INVALID', issue ? `${issue.path.join('.') || 'the whole'}: ${issue.message}.` : '');
}

function findAnswer(file: EvidenceFile, question: EvidenceQuestion): EvidenceAnswer {
  switch (question.kind) {
    case 'change':
      return { kind: 'change', record: findChange(need(file, 'changes'), question.number) };
    case 'incidents':
      return { kind: 'incidents', open: need(file, 'incidents') };
    case 'checks':
      return { kind: 'checks', checks: new Map(Object.entries(need(file, 'checks'))).get(question.commit) ?? [] };
    case 'release':
      return { kind: 'release', state: need(file, 'releases').includes(question.version) ? 'published' : 'missing' };
    case 'statement':
      return { kind: 'statement', statement: { ...need(file, 'statement'), wanted: null } };
    case 'metrics':
      throw new EvidenceRefusal('QUESTION_UNSUPPORTED');
  }
}

function findChange(changes: NonNullable<EvidenceFile['changes']>, number: string): ChangeRecord | null {
  const found = changes.find((one) => one.number === number);
  if (!found) return null;
  const { state, ...record } = found;
  return { ...record, states: [state] };
}

// What a file does not speak of is not known, and no incident is not the same as no word about incidents.
function need<K extends keyof EvidenceFile>(file: EvidenceFile, key: K): NonNullable<EvidenceFile[K]> {
  const value = file[key];
  if (value === undefined) throw new EvidenceRefusal('ANSWER_INVALID', `It has no \`${key}\`.`);
  return value;
}
