import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askSubject, expectRefusal, type SourceSubject, testSourceContract } from '../../testing/source-contract.ts';

const COMMIT = 'a'.repeat(40);
const TEXT = `
validUntil: 2026-06-16T18:00:00Z
changes: [{ number: CHG1, title: v1.3.3, state: Implement, approval: approved, endsAt: 2026-06-16T12:00:00Z }]
incidents: []
checks: { ${COMMIT}: [{ name: build, state: passed }] }
releases: [v1.3.3]
statement: { holds: true, seen: rita is there }
`;
const STATEMENT = {
  kind: 'statement',
  values: { environment: 'prod', version: 'v1', commit: COMMIT, changeRecord: '' },
} as const;

async function open() {
  const folder = mkdtempSync(join(tmpdir(), 'towpath-evidence-'));
  writeFileSync(join(folder, 'prod.yaml'), TEXT);
  const record = {
    ...{ number: 'CHG1', title: 'v1.3.3', states: ['Implement'], approval: 'approved' as const },
    ...{ startsAt: null, endsAt: '2026-06-16T12:00:00Z' },
  };
  return {
    folder,
    declaration: { service: 'file', path: 'prod.yaml' },
    variables: {},
    known: [
      { question: { kind: 'change', number: 'CHG1' }, answer: { kind: 'change', record } },
      { question: { kind: 'incidents', priorities: [1] }, answer: { kind: 'incidents', open: [] } },
      {
        question: { kind: 'checks', commit: COMMIT },
        answer: { kind: 'checks', checks: [{ name: 'build', state: 'passed' }] },
      },
      { question: { kind: 'release', version: 'v1.3.3' }, answer: { kind: 'release', state: 'published' } },
      {
        question: STATEMENT,
        answer: { kind: 'statement', statement: { holds: true, seen: 'rita is there', wanted: null } },
      },
    ],
    close: async () => rmSync(folder, { recursive: true }),
  } satisfies SourceSubject;
}

describe('a file', () => {
  testSourceContract(open, { isLocal: true });
});

describe('A67 a file', () => {
  let subject: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());
  const write = (text: string) => writeFileSync(join(subject.folder, 'prod.yaml'), text);

  test.each([
    ['that is no longer valid, to the second', TEXT.replace('T18:00:00Z', 'T10:00:00Z'), 'FILE_EXPIRED'],
    ['that does not say until when', TEXT.replace(/validUntil.*/, ''), 'ANSWER_INVALID'],
    ['that is silent about it', 'validUntil: 2026-06-16T18:00:00Z', 'ANSWER_INVALID'],
    ['with a word it does not know', `${TEXT}\nextra: 1`, 'ANSWER_INVALID'],
    ['that is no YAML', '{[', 'ANSWER_INVALID'],
    ['that grows when it is read', 'a: &a [1]\nb: [*a, *a]', 'ANSWER_INVALID'],
    ['that is too large', `#${'x'.repeat(300_000)}`, 'TOO_LARGE'],
  ] as const)('%s gives no answer', async (_, text, code) => {
    write(text);
    await expectRefusal(askSubject(subject, STATEMENT), code);
  });

  test('valid until a second later it answers', async () => {
    write(TEXT.replace('T18:00:00Z', 'T10:00:01Z'));
    expect((await askSubject(subject, STATEMENT)).answer.kind).toBe('statement');
  });

  test('is one of the folder: nothing leads out of it', async () => {
    symlinkSync('/etc/hostname', join(subject.folder, 'link'));
    for (const path of ['../x', 'link', 'missing'])
      await expectRefusal(
        askSubject({ ...subject, declaration: { service: 'file', path } }, STATEMENT),
        'FILE_MISSING',
      );
    await expectRefusal(askSubject(subject, STATEMENT, { folder: undefined }), 'FILE_MISSING');
  });

  test('an unknown change record, and checks of another commit, are none', async () => {
    const change = await askSubject(subject, { kind: 'change', number: 'CHG2' });
    expect(change.answer).toEqual({ kind: 'change', record: null });
    const checks = await askSubject(subject, { kind: 'checks', commit: 'constructor' });
    expect(checks.answer).toEqual({ kind: 'checks', checks: [] });
  });
});
