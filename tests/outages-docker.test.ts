// A real Docker engine is killed while attempts start, run, end and are cancelled: one accepted result, nothing lost in silence,
// nothing left. The others' tests need the same engine, so this file runs alone, after them.
import { requirePartControl } from '@towpath/testkit';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { useContainerRig } from './support/container-rig.ts';
import { createDockerSubject } from './support/container-subject.ts';
import { readWholeLog } from './support/instance.ts';
import { addOutagePipelines, sufferOutage } from './support/outage.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const control = requirePartControl('docker');
const subject = createDockerSubject();
const reason = control.reason ?? subject.reason;

describe.skipIf(reason !== undefined)(`a Docker engine (${reason ?? 'which is there'})`, () => {
  const scene = useContainerRig(subject, addOutagePipelines);

  afterEach(() => control.restore());

  test('A25 docker: it dies by kill -9 while attempts start, run, end and are cancelled', async () => {
    const { run } = await sufferOutage(scene, control, 'dockerd');
    const runs = await scene.verify({ gaps: true });
    expect(runs.map(({ pipeline }) => pipeline).toSorted()).toEqual(['mixed', 'outage', 'slow']);
    const tasks = runs.find(({ id }) => id === run.id)?.tasks ?? [];
    const reasons = tasks.map(({ id, attempts }) => [id, ...attempts.map(({ reasonCode }) => reasonCode)]);
    // What ended by itself while nobody looked has its own exit code; what still ran was ended by the engine when it came back.
    expect(reasons).toEqual([
      ['ends', null],
      ['lasts', 'ENGINE_RESTARTED', null],
      ['follows', null],
    ]);
    const log = await readWholeLog(scene.rig.client, tasks[0]?.attempts[0]?.id ?? '');
    expect(log).toMatch(
      /\n\[TOWPATH\] an unknown number of bytes .+: the Docker engine was down while it ended, .+\n$/,
    );
  });
});
