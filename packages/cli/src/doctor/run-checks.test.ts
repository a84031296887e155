import { expect, it } from 'vitest';
import type { NamedCheck } from './all-checks.ts';
import { describeSubject } from './describe-subject.ts';
import { createRedaction } from './redact.ts';
import { runChecks } from './run-checks.ts';

const variables = { ACME_TOKEN: 'tok-7f3b9a21' };
const subject = describeSubject({ cwd: '/nowhere', env: variables }, {});
const named = (name: string, check: Awaited<ReturnType<NamedCheck['load']>>): NamedCheck => ({
  name,
  load: async () => check,
});

it('A98 a check that throws is a finding, and the others are done', async () => {
  const broken = named('broken', async () => {
    throw new Error('no such door');
  });
  const fine = named('fine', async () => [{ subject: 'fine', status: 'ok', text: 'well' }]);
  expect(await runChecks([broken, fine], subject)).toMatchObject([
    { subject: 'broken', status: 'problem', code: 'CHECK_FAILED', text: expect.stringContaining('no such door') },
    { subject: 'fine', status: 'ok' },
  ]);
});

it('A98 a check that hangs is given up and told to stop, and doctor ends', async () => {
  let signal: AbortSignal | undefined;
  const hanging = named('hanging', (given) => {
    signal = given.signal;
    return new Promise(() => undefined);
  });
  const findings = await runChecks([hanging, hanging], subject, 20);
  expect(findings.map(({ code }) => code)).toEqual(['CHECK_TIMED_OUT', 'CHECK_TIMED_OUT']);
  expect(signal?.aborted).toBe(true);
});

it('A98 what a check quotes of a secret is not shown', () => {
  const redact = createRedaction(subject);
  const quoting = {
    subject: 'git',
    status: 'problem' as const,
    text: "fatal: 'https://me:pw-8812@git.example/a.git' refuses tok-7f3b9a21, see secret://a#b",
    fix: 'Ask with tok-7f3b9a21.',
  };
  const { text, fix } = redact(quoting);
  expect(text).toBe("fatal: 'https://***@git.example/a.git' refuses ***, see secret://a#b");
  expect(fix).toBe('Ask with ***.');
});
