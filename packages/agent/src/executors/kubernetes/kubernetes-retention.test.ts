// What stays of an attempt after its end was accepted goes by itself, when its retention is over.
import { requireKubernetes, waitFor } from '@towpath/testkit';
import { describe, expect, test } from 'vitest';
import { specify } from '../../testing/executor-contract.ts';
import { openKubernetesSubject } from '../../testing/kubernetes-subject.ts';
import { exits } from '../../testing/probes.ts';

const part = requireKubernetes();
/** Its controller looks when a Job ends, and when that is due. */
const DEADLINE_MS = 60_000;

describe.skipIf(part.reason !== undefined)(
  `an ended attempt on Kubernetes (${part.reason ?? 'which is there'})`,
  () => {
    test('A23 kubernetes: stays to be looked at, and leaves no Job, Pod or Secret when its retention is over', async ({
      onTestFinished,
    }) => {
      const subject = await openKubernetesSubject(part, { settings: { keepEndedSeconds: 10 } });
      onTestFinished(() => subject.close());
      const attempt = await subject.executor.start(await specify('command', exits(0), subject.folder));
      expect(await attempt.ended).toMatchObject({ outcome: 'succeeded' });
      const own = ['--selector', `dev.towpath.attempt-id=${attempt.attemptId}`, '--output', 'name'];
      const list = async () => (await subject.kubectl('get', 'jobs,pods,secrets', ...own)).trim().split('\n');
      await attempt.remove();
      expect(await list()).toEqual(expect.arrayContaining([expect.stringMatching(/^pod\//)]));
      await waitFor('nothing to be left', DEADLINE_MS, async () => {
        const left = await list();
        if (left.join('') !== '') throw new Error(left.join('\n'));
        return true;
      });
    });
  },
);
