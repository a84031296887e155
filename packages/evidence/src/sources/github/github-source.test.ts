import { startGitHubStub, type TestCertificate } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askSubject, NOW_MS, type SourceSubject, testSourceContract } from '../../testing/source-contract.ts';

const COMMIT = 'a'.repeat(40);
const CHECKS = { kind: 'checks', commit: COMMIT } as const;
const RELEASE = { kind: 'release', version: 'v1.3.3' } as const;

async function open(certificate?: TestCertificate) {
  const stub = await startGitHubStub(certificate);
  stub.repository.checkRuns[COMMIT] = [
    { name: 'build', status: 'completed', conclusion: 'success' },
    { name: 'docs', status: 'completed', conclusion: 'skipped' },
    { name: 'e2e', status: 'completed', conclusion: 'timed_out' },
    { name: 'lint', status: 'in_progress', conclusion: null },
  ];
  stub.repository.releases.push({ tag_name: 'v1.3.3', draft: false }, { tag_name: 'v1.3.4', draft: true });
  const checks = [
    { name: 'build', state: 'passed' as const },
    { name: 'docs', state: 'passed' as const },
    { name: 'e2e', state: 'failed' as const },
    { name: 'lint', state: 'running' as const },
  ];
  return {
    stub,
    declaration: { service: 'github', url: stub.url, repository: 'acme/markets', secretFrom: 'TOWPATH_EVIDENCE_GH' },
    variables: { TOWPATH_EVIDENCE_GH: stub.repository.token },
    known: [
      { question: CHECKS, answer: { kind: 'checks', checks } },
      { question: RELEASE, answer: { kind: 'release', state: 'published' } },
    ],
    close: () => stub.close(),
  } satisfies SourceSubject;
}

describe('GitHub', () => {
  testSourceContract(open);
});

describe('A67 GitHub', () => {
  let subject: Awaited<ReturnType<typeof open>>;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.close());

  test('the last of many pages counts', async () => {
    subject.stub.repository.checkRuns[COMMIT] = Array.from({ length: 201 }, (_, at) => ({
      name: `check ${at}`,
      status: 'completed',
      conclusion: at === 200 ? 'failure' : 'success',
    }));
    const { answer } = await askSubject(subject, CHECKS);
    expect(answer.kind === 'checks' && answer.checks.filter(({ state }) => state === 'failed')).toEqual([
      { name: 'check 200', state: 'failed' },
    ]);
    expect(subject.stub.requests).toHaveLength(3);
  });

  test('a draft is none that is published, and no release is missing', async () => {
    for (const [version, state] of [
      ['v1.3.4', 'draft'],
      ['v9', 'missing'],
      ['../../../user', 'missing'],
    ] as const)
      expect((await askSubject(subject, { kind: 'release', version })).answer).toEqual({ kind: 'release', state });
  });

  test('its limit is told from a missing permission, and says when it ends', async () => {
    const reset = String(NOW_MS / 1000 + 90);
    subject.stub.fail(403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset });
    await expect(askSubject(subject, CHECKS)).rejects.toMatchObject({ code: 'RATE_LIMITED', retryAfterSeconds: 90 });
    subject.stub.fail(403, { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': reset });
    await expect(askSubject(subject, CHECKS)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
