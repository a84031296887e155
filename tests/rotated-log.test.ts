// A kubelet rotates the log of a Pod while no agent is there to read it: what is gone is shown as a gap, and nothing else is missing.
import { type RunDetail, StartRun } from '@towpath/api';
import { describe, expect, test, vi } from 'vitest';
import { useContainerRig } from './support/container-rig.ts';
import { createKubernetesSubject } from './support/container-subject.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { formatSteps } from './support/test-project.ts';
import { readLogSoFar } from './support/verify-run.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

const subject = createKubernetesSubject();

/** Three times what a kubelet keeps, in half a minute: it looks every ten seconds. */
const LINES = 500_000;

const PIPELINE = `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'flood',
  tasks: [datakitTask({ id: 'only', datakit: 'steps', version: '1.0.0', command: 'steps ${LINES} 0' })],
});
`;

/** In a line of its own: where the agent died in the middle of one, that ends there. */
const GAP =
  /\n\[TOWPATH\] an unknown number of bytes of output lost, perhaps none: the log of its Pod was rotated between \S+ and \S+\n/;

describe.skipIf(subject.reason !== undefined)(`a log (${subject.reason ?? 'on Kubernetes'})`, () => {
  const scene = useContainerRig(subject, (project) => project.write('pipelines/flood.ts', PIPELINE), {
    // Nobody gives the attempt up while its agent is away.
    lostAfterSeconds: 600,
  });

  test('A25 kubernetes: rotated while no agent runs shows what is gone as a gap', async () => {
    const { rig, fault } = scene;
    const { id } = await rig.client.call(StartRun, { body: { pipeline: 'flood', environment: 'local' } });
    const attemptOf = ({ tasks }: RunDetail) => tasks[0]?.attempts[0];
    const run = await fault.findRun('flood', (found) => attemptOf(found)?.state === 'running');
    const attemptId = attemptOf(run)?.id ?? '';
    await rig.ask('the task to print', async () => {
      if (!(await readLogSoFar(rig.client, attemptId)).includes('step 00100 ')) throw new Error('nothing yet');
    });
    await rig.agent.kill();
    const own = ['--selector', `dev.towpath.attempt-id=${attemptId}`, '--timeout=180s'];
    await subject.namespace.kubectl('wait', 'pod', '--for=jsonpath={.status.phase}=Succeeded', ...own);
    await rig.agent.start();
    expect(await waitForRunEnd(rig.client, id)).toMatchObject({ state: 'succeeded' });
    const [, ...lines] = (await readWholeLog(rig.client, attemptId)).split(/(?<=\n)/);
    const [before = '', after = '', ...more] = lines.join('').split(GAP);
    expect(more).toEqual([]);
    const whole = formatSteps(LINES);
    expect(before.length + after.length).toBeLessThan(whole.length);
    expect(whole.startsWith(before), `before the gap: …${before.slice(-200)}`).toBe(true);
    expect(after !== '' && whole.endsWith(after), `after the gap: ${after.slice(0, 200)}…`).toBe(true);
  });
});
