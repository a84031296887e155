// What every source promises: an answer that was understood, or a refusal with its reason; never a guess, never a secret, never
// longer than it may take. Local sources have no network to fail.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  EVIDENCE_SERVICES,
  type EvidenceAnswer,
  type EvidenceKind,
  type EvidenceQuestion,
  type SourceDeclaration,
} from '@towpath/core';
import { createCertificate, type ServiceStub, startServiceStub, type TestCertificate } from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSource, type SourceSurroundings } from '../create-source.ts';
import { EvidenceRefusal, type RefusalCode } from '../evidence-source.ts';

/** The moment at which everything is asked. */
export const NOW_MS = Date.parse('2026-06-16T10:00:00Z');

/** A question, and what a service that holds what the subject put there answers. */
export interface KnownAnswer {
  readonly question: EvidenceQuestion;
  readonly answer: EvidenceAnswer;
}

/** A source under test. */
export interface SourceSubject {
  readonly declaration: SourceDeclaration;
  /** The variable that the declaration names. */
  readonly variables: Readonly<Record<string, string>>;
  readonly folder?: string;
  readonly known: readonly KnownAnswer[];
  /** Undefined: it asks over no network. */
  readonly stub?: ServiceStub;
  close(): Promise<void>;
}

/** Opens one; with a certificate its service speaks TLS. */
export type OpenSubject = (certificate?: TestCertificate) => Promise<SourceSubject>;

const LIMIT_MS = 400;

const ALL: Readonly<Record<EvidenceKind, EvidenceQuestion>> = {
  change: { kind: 'change', number: 'CHG1' },
  incidents: { kind: 'incidents', priorities: [1] },
  metrics: { kind: 'metrics', selector: 'm', aroundAt: '2026-06-16T00:00:00.000Z', hours: 1 },
  checks: { kind: 'checks', commit: 'c' },
  release: { kind: 'release', version: 'v1' },
  statement: { kind: 'statement', values: { environment: 'e', version: 'v', commit: 'c', changeRecord: 'r' } },
};

/** Runs the contract. */
export function testSourceContract(open: OpenSubject, { isLocal = false } = {}): void {
  let subject: SourceSubject;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());
  const ask = (question = firstOf(subject), changes: Partial<SourceSurroundings> = {}) =>
    askSubject(subject, question, changes);

  test('answers what it is asked, with what it was read from', async () => {
    for (const { question, answer } of subject.known) {
      const found = await ask(question);
      expect(found.answer).toEqual(answer);
      expect(found.excerpt).not.toBe('');
      expect(found.excerpt.length).toBeLessThanOrEqual(2000);
    }
  });

  test('A67 refuses what it can not be asked', async () => {
    const kinds: readonly EvidenceKind[] = EVIDENCE_SERVICES[subject.declaration.service];
    const others = Object.values(ALL).filter(({ kind }) => !kinds.includes(kind));
    for (const question of others) await expectRefusal(ask(question), 'QUESTION_UNSUPPORTED');
    expect(subject.known.map(({ question }) => question.kind).sort()).toEqual([...kinds].sort());
  });

  if (isLocal) return;
  const stub = (): ServiceStub => {
    if (!subject.stub) throw new Error('the subject has no stub');
    return subject.stub;
  };
  testNetwork(() => subject, stub, ask);
  testWords(() => subject, stub, ask);
  testPeer(stub, ask, open);
}

type Ask = (question?: EvidenceQuestion, changes?: Partial<SourceSurroundings>) => ReturnType<typeof askSubject>;

function testNetwork(get: () => SourceSubject, stub: () => ServiceStub, ask: Ask): void {
  test('A67 without its secret, or with another, it gives no answer', async () => {
    await expectRefusal(ask(undefined, { readVariable: () => undefined }), 'SECRET_MISSING');
    await expectRefusal(ask(undefined, { readVariable: () => '' }), 'SECRET_MISSING');
    await expectRefusal(ask(undefined, { readVariable: () => 'a\nb' }), 'SECRET_MISSING');
    expect(stub().requests).toEqual([]);
    await expectRefusal(ask(undefined, { readVariable: () => 'another' }), 'CREDENTIAL_REFUSED');
  });

  test.each<[string, Parameters<ServiceStub['fail']>, RefusalCode]>([
    ['may not read that', [403], 'FORBIDDEN'],
    ['fails', [500], 'HTTP_ERROR'],
    ['is down for maintenance', [503], 'HTTP_ERROR'],
    ['was asked too often', [429], 'RATE_LIMITED'],
    ['says nothing', ['silent'], 'TIMED_OUT'],
    ['never ends its answer', ['endless-wait'], 'TIMED_OUT'],
    ['never stops sending', ['flood'], 'TOO_LARGE'],
    ['sends a page for people', ['page'], 'ANSWER_INVALID'],
    ['is cut off', ['cut'], 'UNREACHABLE'],
  ])('A67 a service that %s gives no answer', async (_, fault, code) => {
    stub().fail(...fault);
    const limitMs = code === 'TIMED_OUT' ? LIMIT_MS : 10_000;
    for (const { question } of get().known) await expectRefusal(ask(question, { limitMs }), code);
  });

  test('a service that was asked too often says for how long', async () => {
    stub().fail(429, { 'retry-after': '17' });
    await expect(ask()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 17 });
    stub().fail(429, { 'retry-after': new Date(NOW_MS + 60_000).toUTCString() });
    await expect(ask()).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 60 });
  });

  test('A67 what is gone gives no answer', async () => {
    await stub().close();
    await expectRefusal(ask(), 'UNREACHABLE');
  });

  test('whoever asked may give up', async () => {
    stub().fail('silent');
    const { declaration, variables } = get();
    const source = createSource(declaration, { readVariable: (name) => variables[name], folder: undefined });
    const asking = source.ask(firstOf(get()), { nowMs: NOW_MS, signal: AbortSignal.timeout(50) });
    await expectRefusal(asking, 'TIMED_OUT');
  });
}

// What a source says when it fails.
function testWords(get: () => SourceSubject, stub: () => ServiceStub, ask: Ask): void {
  test('A67 JSON of another kind is never what it should be', async () => {
    stub().fail('other-json');
    for (const { question } of get().known) {
      const said = await ask(question).catch((thrown: unknown) => thrown);
      const isRefused = said instanceof EvidenceRefusal && said.code === 'ANSWER_INVALID';
      expect(isRefused ? false : said).toSatisfy(
        (one) => one === false || JSON.stringify(one).includes('"holds":false'),
      );
    }
  });

  test('no refusal holds the secret', async () => {
    for (const fault of [401, 403, 500, 'other-json', 'cut', 'page'] as const) {
      stub().fail(fault);
      const refusal: unknown = await ask().catch((thrown: unknown) => thrown);
      for (const secret of Object.values(get().variables))
        expect(JSON.stringify(toText(refusal))).not.toContain(secret);
    }
  });
}

// Who is asked is who was declared.
function testPeer(stub: () => ServiceStub, ask: Ask, open: OpenSubject): void {
  test('redirects are not followed, so that no credential goes elsewhere', async () => {
    const elsewhere = await startServiceStub({ answer: () => ({ body: {} }) });
    stub().fail('redirect');
    stub().redirectTo(`${elsewhere.url}/`);
    await expectRefusal(ask(), 'REDIRECTED');
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  describe('a certificate', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'towpath-evidence-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    test('that nobody vouches for is refused, before the credential is sent', async () => {
      const secure = await open(createCertificate(folder));
      await expectRefusal(askSubject(secure, firstOf(secure)), 'UNREACHABLE');
      expect(secure.stub?.requests).toEqual([]);
      await secure.close();
    });
  });
}

function firstOf({ known: [first] }: SourceSubject): EvidenceQuestion {
  if (!first) throw new Error('the subject knows nothing');
  return first.question;
}

/** Asks the source of a subject. */
export async function askSubject(
  { declaration, variables, folder }: SourceSubject,
  question: EvidenceQuestion,
  changes: Partial<SourceSurroundings> = {},
) {
  const surroundings = { readVariable: (name: string) => variables[name], folder, ...changes };
  const { signal } = new AbortController();
  return createSource(declaration, surroundings).ask(question, { nowMs: NOW_MS, signal });
}

/** Expects that there is no answer. */
export async function expectRefusal(asking: Promise<unknown>, code: RefusalCode): Promise<void> {
  await expect(asking).rejects.toMatchObject({ name: 'EvidenceRefusal', code });
}

function toText(thrown: unknown): string {
  return thrown instanceof Error ? `${thrown.stack} ${String(thrown.cause)}` : String(thrown);
}
