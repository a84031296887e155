import { expect, test } from 'vitest';
import { specify } from '../../testing/executor-contract.ts';
import * as probes from '../../testing/probes.ts';
import { toJobSpec } from './job-spec.ts';

test.each([
  [false, 'Always'],
  [true, 'IfNotPresent'],
])('A13 kubernetes: an image that may be local: %s, so nodes pull it: %s', async (mayBeLocal, policy) => {
  const specification = await specify('command', probes.SLEEPS, '/tmp');
  const settings = { namespace: 'qa', instanceId: 'agent', keepEndedSeconds: 60 };
  const parts = { name: 'job', settings, items: [], graceSeconds: 1, deadlineSeconds: 60 };
  const image = { reference: 'registry.example.com/datakits/x:1.0.0', mayBeLocal };
  expect(toJobSpec(specification, { ...parts, image })).toMatchObject({
    spec: { template: { spec: { containers: [{ imagePullPolicy: policy }] } } },
  });
});
