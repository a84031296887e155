import { expect, test } from 'vitest';
import type { AttemptSpecification } from '../executor.ts';
import type { JobSettings } from './job-settings.ts';
import { toJobSpec } from './job-spec.ts';

const SPECIFICATION: AttemptSpecification = {
  attemptId: '01890000-0000-7000-8000-000000000000',
  epoch: 1,
  specHash: 'h',
  work: { kind: 'command', argv: ['kit'] },
  environmentVariables: { DATAKIT_NAME: 'kit' },
  secretNames: new Set(),
  hostVariables: {},
  inputs: {},
  parameters: {},
  timeoutSeconds: 1,
  firstLine: '',
  requests: { cpu: 0.5, memoryMiB: 256 },
};

const PARTS = { name: 'x', items: [], bundle: undefined, graceSeconds: 1, deadlineSeconds: 1, bundlePatienceMs: 1 };

/** Resources of its container, where the environment's sizing says this. */
function resourcesOf(sizing: Pick<JobSettings, 'cpu' | 'memoryMiB'>, specification = SPECIFICATION): unknown {
  const settings = { namespace: 'n', instanceId: 'i', keepEndedSeconds: 1, ...sizing };
  const parts = { ...PARTS, image: { reference: 'kit' }, settings };
  const found = JSON.stringify(toJobSpec(specification, parts)).match(/"resources":(\{.*?\}\})/)?.[1];
  return JSON.parse(found ?? 'null');
}

test('A23 kubernetes: sizing is request and limit, whatever the datakit asks for', () => {
  const amounts = { cpu: '250m', memory: '96Mi' };
  expect(resourcesOf({ cpu: 0.25, memoryMiB: 96 })).toEqual({ requests: amounts, limits: amounts });
});

test('A23 kubernetes: without sizing a Pod asks for what its datakit needs, and has no limit', () => {
  expect(resourcesOf({})).toEqual({ requests: { cpu: '500m', memory: '256Mi' }, limits: {} });
  expect(resourcesOf({ memoryMiB: 96 })).toEqual({
    requests: { cpu: '500m', memory: '96Mi' },
    limits: { memory: '96Mi' },
  });
  expect(resourcesOf({}, { ...SPECIFICATION, requests: undefined })).toEqual({ requests: {}, limits: {} });
});

test.each([
  [false, 'x:1.0.0', 'Always'],
  [true, 'x:1.0.0', 'IfNotPresent'],
  [false, `x@sha256:${'0'.repeat(64)}`, 'IfNotPresent'],
])(
  'A17 kubernetes: an image that may be local: %s, by the name %s, is pulled by nodes: %s',
  (mayBeLocal, name, policy) => {
    const image = { reference: `registry.example.com/datakits/${name}`, mayBeLocal };
    const settings = { namespace: 'n', instanceId: 'i', keepEndedSeconds: 1 };
    expect(toJobSpec(SPECIFICATION, { ...PARTS, settings, image })).toMatchObject({
      spec: { template: { spec: { containers: [{ imagePullPolicy: policy }] } } },
    });
  },
);
