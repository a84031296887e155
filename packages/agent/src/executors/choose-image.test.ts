import { expect, test } from 'vitest';
import { chooseImage } from './choose-image.ts';
import type { AttemptSpecification } from './executor.ts';
import type { ImageSetup } from './executor-setup.ts';

const COMMAND: AttemptSpecification = {
  attemptId: 'a',
  epoch: 1,
  specHash: 'h',
  work: { kind: 'command', argv: ['x'] },
  environmentVariables: { DATAKIT_NAME: 'sqlserver-bronze', DATAKIT_VERSION: '1.3.3' },
  secretNames: new Set(),
  hostVariables: {},
  inputs: {},
  parameters: {},
  timeoutSeconds: 1,
  firstLine: '',
};
const FUNCTION: AttemptSpecification = {
  ...COMMAND,
  work: { kind: 'function', bundleHash: '', bundleFolder: '', module: 'm', export: 'e', taskId: 't' },
};
const QA: ImageSetup = {
  registry: 'qa.example.com',
  runnerImage: undefined,
  floatingTags: [],
  environment: 'qa',
  kind: 'shared',
};

test('A14 an image is named by the registry of the environment, the datakit and its version', () => {
  expect(chooseImage(COMMAND, QA, '0.1.0')).toEqual({
    reference: 'qa.example.com/datakits/sqlserver-bronze:1.3.3',
    mayBeLocal: false,
  });
  expect(chooseImage(FUNCTION, QA, '0.1.0').reference).toBe('qa.example.com/platform/runner:0.1.0');
  expect(chooseImage(COMMAND, { ...QA, kind: 'local' }, '0.1.0').mayBeLocal).toBe(true);
});

test('A17 an image that the release names is run by its digest, whatever its version names now', () => {
  const imageDigest = `sha256:${'a'.repeat(64)}`;
  expect(chooseImage({ ...COMMAND, imageDigest }, { ...QA, kind: 'production' }, '0.1.0')).toEqual({
    reference: `qa.example.com/datakits/sqlserver-bronze:1.3.3@${imageDigest}`,
    mayBeLocal: false,
  });
  const latest = { ...COMMAND, environmentVariables: { DATAKIT_NAME: 'x', DATAKIT_VERSION: 'latest' }, imageDigest };
  expect(chooseImage(latest, { ...QA, kind: 'production' }, '0.1.0').reference).toContain(imageDigest);
});

test('A15 what may be another image tomorrow is run on a laptop, where an environment declares it, and never in production', () => {
  const moving = { ...QA, runnerImage: 'qa.example.com/node:development' };
  expect(() => chooseImage(FUNCTION, moving, '0.1.0')).toThrow(/does not take the version "development"/);
  expect(chooseImage(FUNCTION, { ...moving, floatingTags: ['development'] }, '0.1.0').reference).toBe(
    moving.runnerImage,
  );
  expect(chooseImage(FUNCTION, { ...moving, kind: 'local' }, '0.1.0').reference).toBe(moving.runnerImage);
  const production = { ...moving, kind: 'production', floatingTags: ['development'] } as const;
  expect(() => chooseImage(FUNCTION, production, '0.1.0')).toThrow();
  const latest = { ...COMMAND, environmentVariables: { DATAKIT_NAME: 'x', DATAKIT_VERSION: 'latest' } };
  expect(() => chooseImage(latest, { ...QA, kind: 'production' }, '0.1.0')).toThrow(/"latest"/);
});

test('an environment without a registry says so when an image is needed', () => {
  expect(() => chooseImage(COMMAND, { ...QA, registry: undefined }, '0.1.0')).toThrow(/no registry/);
});
