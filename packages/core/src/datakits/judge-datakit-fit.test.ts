import { expect, test } from 'vitest';
import { judgeDatakitFit } from './judge-datakit-fit.ts';
import { toMisfitFacts } from './to-misfit-facts.ts';

test.each([
  [{}, { platformVersion: '0.1.0' }, []],
  [{ minimumPlatform: '0.1.0' }, { platformVersion: '0.1.0' }, []],
  [{ minimumPlatform: '0.2.0' }, { platformVersion: '0.10.0' }, []],
  [{ minimumPlatform: '0.2.0' }, { platformVersion: '0.2.0-rc.1' }, ['platform-too-old']],
  [{ memoryMiB: 512 }, { platformVersion: '0.1.0' }, []],
  [{ memoryMiB: 512 }, { platformVersion: '0.1.0', memoryMiB: 512 }, []],
  [{ memoryMiB: 512 }, { platformVersion: '0.1.0', memoryMiB: 511 }, ['memory-too-small']],
  [
    { minimumPlatform: '1.0.0', memoryMiB: 2 },
    { platformVersion: '0.1.0', memoryMiB: 1 },
    ['platform-too-old', 'memory-too-small'],
  ],
])('A13 %o where there is %o: %j', (needs, given, codes) => {
  expect(judgeDatakitFit(needs, given).map(({ code }) => code)).toEqual(codes);
});

test('a misfit says what is needed, what there is, and what to do', () => {
  const facts = judgeDatakitFit(
    { minimumPlatform: '1.0.0', memoryMiB: 2 },
    { platformVersion: '0.1.0', memoryMiB: 1 },
  ).map((misfit) => toMisfitFacts(misfit, { name: 'kit', version: '3.0.0' }));
  expect(facts).toMatchObject([
    { code: 'DATAKIT_NEEDS_NEWER_PLATFORM', message: 'Datakit kit 3.0.0 needs Towpath 1.0.0 or later.' },
    { code: 'DATAKIT_NEEDS_MORE_MEMORY', message: 'Datakit kit 3.0.0 needs 2 MiB of memory.' },
  ]);
});
