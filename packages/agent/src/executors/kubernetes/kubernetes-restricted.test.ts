// A namespace that takes nothing but what Pod Security of level `restricted` allows.
import { requireKubernetes } from '@towpath/testkit';
import { beforeAll, describe, expect, type TestContext, test } from 'vitest';
import { readOutput } from '../../testing/attempt-output.ts';
import { specify } from '../../testing/executor-contract.ts';
import { openKubernetesSubject } from '../../testing/kubernetes-subject.ts';
import { SLEEPS } from '../../testing/probes.ts';
import type { EntryKind } from '../entry-kind.ts';
import type { HeldAttempt } from '../executor.ts';
import type { JobSettings } from './job-settings.ts';

const part = requireKubernetes();
const NAMESPACE = 'towpath-test-restricted';
const ENFORCED = 'pod-security.kubernetes.io/enforce=restricted';

/** Writes wherever an attempt may, and says who it is. */
const SAYS = `const { writeFileSync: write, readFileSync: read } = require('node:fs');
const { env } = process;
for (const folder of ['.', env.TMPDIR]) write(folder + '/own', 'x');
console.log(process.getuid() + ' ' + env.PASSWORD + ' ' + read(env.TOWPATH_PARAMETERS, 'utf8'));
write(env.TOWPATH_RESULT, JSON.stringify({ rows: 3 }));`;

async function start(
  { onTestFinished }: TestContext,
  entry: EntryKind,
  settings: Partial<JobSettings>,
): Promise<HeldAttempt> {
  const executor = { patienceMs: { start: 8_000 } };
  const subject = await openKubernetesSubject(part, { settings: { namespace: NAMESPACE, ...settings }, executor });
  onTestFinished(() => subject.close());
  const work = { kind: 'command', argv: ['node', '-e', SAYS], entry } as const;
  const given = { environmentVariables: { PASSWORD: 'secret' }, secretNames: new Set(['PASSWORD']) };
  return await subject.executor.start(
    await specify('command', SLEEPS, subject.folder, { work, ...given, parameters: { day: 1 } }),
  );
}

describe
  .skipIf(part.reason !== undefined)
  .concurrent(`a restricted namespace (${part.reason ?? 'which is there'})`, () => {
    beforeAll(async () => {
      const subject = await openKubernetesSubject(part, { settings: { namespace: NAMESPACE } });
      await subject.kubectl('label', 'namespace', NAMESPACE, ENFORCED, '--overwrite');
      await subject.close();
    });

    test.for(['sh', 'node', 'none'] as const)(
      'A23 kubernetes: takes attempts with the entry %s that run as a user of their own',
      async (entry, context) => {
        const attempt = await start(context, entry, { runAsUser: 1234 });
        expect(await attempt.ended).toMatchObject({ outcome: 'succeeded', result: { rows: 3 } });
        expect(await readOutput(attempt)).toContain('1234 secret {"day":1}\n');
      },
    );

    test('A25 kubernetes: says why it takes no other', async (context) => {
      const attempt = await start(context, 'sh', {});
      expect(await attempt.ended).toMatchObject({ outcome: 'errored', reasonCode: 'START_FAILED' });
      expect(await readOutput(attempt)).toMatch(/violates PodSecurity[\s\S]*runAsNonRoot/);
    });
  });
