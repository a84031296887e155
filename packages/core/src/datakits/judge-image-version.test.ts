import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ENVIRONMENT_KINDS } from '../environments/environment.ts';
import { judgeImageVersion } from './judge-image-version.ts';

const LOCAL = { name: 'local', kind: 'local', floatingTags: [] } as const;
const INT = { name: 'int', kind: 'shared', floatingTags: ['development'] } as const;
const QA = { name: 'qa', kind: 'shared', floatingTags: [] } as const;
const PROD = { name: 'prod', kind: 'production', floatingTags: [] } as const;
const DIGEST = `sha256:${'a'.repeat(64)}`;

test.each([
  [LOCAL, 'latest', true],
  [LOCAL, 'development', false],
  [LOCAL, '1.4.0', true],
  [INT, 'development', true],
  [INT, 'latest', false],
  [INT, '1.4', false],
  [QA, 'development', false],
  [QA, 'latest', false],
  [QA, '1.4.0-rc.1', true],
  [QA, DIGEST, true],
  [PROD, 'latest', false],
  [PROD, 'development', false],
  [PROD, '1.4', false],
  [PROD, 'sha256:abc', false],
  [PROD, '1.4.0', true],
  [PROD, 'v1.4.0', true],
  [PROD, DIGEST, true],
] as const)('A15 %o, %s: %s', (environment, version, isAllowed) => {
  const refusal = judgeImageVersion(version, environment);
  expect(refusal === undefined).toBe(isAllowed);
  if (refusal !== undefined)
    expect(refusal).toMatchObject({ code: 'IMAGE_TAG_FLOATING', fix: expect.stringContaining('1.4.0') });
});

test('A15 latest is refused in production and in shared environments, whatever they declare', () => {
  const environments = fc.record({
    name: fc.constant('x'),
    kind: fc.constantFrom(...ENVIRONMENT_KINDS),
    floatingTags: fc.array(fc.constantFrom('latest', 'development', 'stable')),
  });
  fc.assert(
    fc.property(environments, fc.constantFrom('latest', 'development', 'stable', '1'), (environment, tag) => {
      const isAllowed = judgeImageVersion(tag, environment) === undefined;
      expect(isAllowed && environment.kind === 'production').toBe(false);
      expect(isAllowed && environment.kind === 'shared' && tag === 'latest').toBe(false);
    }),
  );
});
