// Parts of a real cluster are killed while attempts start, run, end and are cancelled: one accepted result, every byte of each log
// once or its loss said, nothing left. The others' tests need the same cluster, so this file runs alone, after them.
import type { RunDetail } from '@towpath/api';
import { requirePartControl } from '@towpath/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { useContainerRig } from './support/container-rig.ts';
import { createKubernetesSubject } from './support/container-subject.ts';
import { addOutagePipelines, startPrinting, sufferOutage } from './support/outage.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const control = requirePartControl('kubernetes');
const subject = createKubernetesSubject();
const reason = control.reason ?? subject.reason;
const { kubectl } = subject.namespace;

/** What a container prints goes through its engine: what is printed last while that is down is lost, and the log says so. */
const PARTS = [
  { part: 'kubelet', gaps: false },
  { part: 'apiserver', gaps: false },
  { part: 'containerd', gaps: true },
];

describe.skipIf(reason !== undefined)(`a cluster (${reason ?? 'which is there'})`, () => {
  const scene = useContainerRig(subject, addOutagePipelines);

  // Whatever a test says, the next one finds a whole cluster.
  afterEach(() => control.restore());

  test.each(PARTS)(
    'A25 kubernetes: $part dies by kill -9 while attempts start, run, end and are cancelled',
    async ({ part, gaps }) => {
      const { from, to, run } = await sufferOutage(scene, control, part);
      const runs = await scene.verify({ gaps });
      expect(runs.map(({ pipeline }) => pipeline).toSorted()).toEqual(['mixed', 'outage', 'slow']);
      const tasks = runs.find(({ id }) => id === run.id)?.tasks ?? [];
      // Nothing was started twice: who is killed is not who runs attempts.
      expect(tasks.map(({ attempts }) => attempts.length)).toEqual([1, 1, 1]);
      const endedAt = await findEndOf(tasks[0]?.attempts[0]?.id ?? '');
      expect(endedAt.getTime()).toBeGreaterThan(from.getTime());
      expect(endedAt.getTime()).toBeLessThan(to.getTime());
    },
  );

  test('A25 kubernetes: a node that is away and given up makes its attempts NODE_LOST, and nothing waits for it', async () => {
    await startPrinting(scene, 'lost', 1);
    const running = ['--field-selector', 'status.phase=Running', '--output', 'jsonpath={.items[0].spec.nodeName}'];
    const node = await kubectl('get', 'pods', ...running);
    await control.kill('kubelet');
    await kubectl('taint', 'node', node, 'towpath.dev/test=lost:NoExecute');
    const isLost = ({ tasks }: RunDetail) => tasks[0]?.attempts[0]?.reasonCode === 'NODE_LOST';
    await scene.fault.findRun('lost', isLost).finally(() => kubectl('taint', 'node', node, 'towpath.dev/test-'));
    await control.restore();
    const [run] = await scene.verify({ gaps: true });
    expect(run?.tasks[0]?.attempts.map(({ reasonCode }) => reasonCode)).toEqual(['NODE_LOST', null]);
  });
});

/** When its container ended, as the cluster says afterwards. */
async function findEndOf(attemptId: string): Promise<Date> {
  const own = ['--selector', `dev.towpath.attempt-id=${attemptId}`];
  const path = '{.items[*].status.containerStatuses[0].state.terminated.finishedAt}';
  return new Date(await kubectl('get', 'pods', ...own, '--output', `jsonpath=${path}`));
}
