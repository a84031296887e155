import { expect, test } from 'vitest';
import { describeInventoryAlert } from './describe-inventory-alert.ts';
import { type DatakitPresence, judgeInventory, type PublishedVersion } from './judge-inventory.ts';

const at = (environment: string, versions: readonly PublishedVersion[] | undefined): DatakitPresence => ({
  environment,
  kind: environment === 'prod' ? 'production' : environment === 'local' ? 'local' : 'shared',
  versions,
});
const v = (version: string, digest: string, more: Partial<PublishedVersion> = {}) => ({ version, digest, ...more });

test('A19 the same content everywhere raises no alert; what has not come so far is behind', () => {
  const entries = judgeInventory(
    [
      at('local', [v('9.0.0', 'z')]),
      at('int', [v('1.9.0', 'a'), v('1.10.0', 'b')]),
      at('qa', [v('1.9.0', 'a')]),
      at('prod', []),
    ],
    '0.1.0',
  );
  expect(entries.map(({ newest, isBehind, alerts }) => [newest?.version, isBehind, alerts])).toEqual([
    ['9.0.0', false, []],
    ['1.10.0', false, []],
    ['1.9.0', true, []],
    [undefined, true, []],
  ]);
});

test('A19 another content under the same version is drift, in whichever environment before it', () => {
  const entries = judgeInventory([at('int', [v('1.0.0', 'a')]), at('qa', []), at('prod', [v('1.0.0', 'b')])], '0.1.0');
  expect(entries[2]?.alerts).toEqual([{ code: 'digest-differs', version: '1.0.0', from: 'int' }]);
});

test('A19 a version that no environment before has did not come by promotion', () => {
  const entries = judgeInventory([at('int', [v('1.0.0', 'a')]), at('prod', [v('1.1.0', 'b')])], '0.1.0');
  expect(entries[1]?.alerts).toEqual([{ code: 'not-promoted', version: '1.1.0', from: 'int' }]);
});

test('A19 nothing is concluded from a registry that could not be asked', () => {
  const entries = judgeInventory([at('int', undefined), at('prod', [v('1.1.0', 'b')])], '0.1.0');
  expect(entries).toMatchObject([{ isBehind: false, alerts: [] }, { alerts: [] }]);
});

test('A19 a version that needs a newer platform, or whose label says another, is told', () => {
  const [entry] = judgeInventory([at('int', [v('1.0.0', 'a', { minimumPlatform: '0.2.0', label: '1.0.1' })])], '0.1.0');
  expect(entry?.alerts).toEqual([
    { code: 'label-differs', version: '1.0.0', label: '1.0.1' },
    { code: 'platform-too-old', version: '1.0.0', minimumPlatform: '0.2.0', platformVersion: '0.1.0' },
  ]);
});

const alertsOf = (...all: readonly DatakitPresence[]) => judgeInventory(all, '0.1.0').at(-1)?.alerts;

test('A19 the Towpath that counts is the one of the environment, where it is known', () => {
  const int = at('int', [v('1.0.0', 'a', { minimumPlatform: '0.2.0' })]);
  expect(alertsOf({ ...int, platformVersion: '0.2.0' })).toEqual([]);
  expect(alertsOf({ ...int, platformVersion: '0.1.9' })).toMatchObject([{ platformVersion: '0.1.9' }]);
});

test('A19 an attempt that ran other content than is published under its version is drift', () => {
  const int = at('int', [v('1.1.0', 'b'), v('1.0.0', 'a')]);
  expect(alertsOf({ ...int, lastRun: { version: '1.0.0', digest: 'c' } })).toEqual([
    { code: 'ran-other-content', version: '1.0.0', digest: 'c' },
  ]);
  // A consumer that is pinned to an older version has not drifted.
  expect(alertsOf({ ...int, lastRun: { version: '1.0.0', digest: 'a' } })).toEqual([]);
  expect(alertsOf({ ...int, lastRun: { version: '1.0.0', digest: undefined } })).toEqual([]);
});

test('A19 a version that pipelines name or that ran, and that nobody has, is missing', () => {
  const int = at('int', [v('1.0.0', 'a')]);
  expect(alertsOf({ ...int, named: ['1.0.0', '2.0.0'] })).toEqual([
    { code: 'not-published', version: '2.0.0', isNamed: true },
  ]);
  expect(alertsOf({ ...int, lastRun: { version: '0.9.0', digest: 'z' } })).toEqual([
    { code: 'not-published', version: '0.9.0', isNamed: false },
  ]);
  expect(alertsOf({ ...int, isCut: true, named: ['0.1.0'] })).toEqual([]);
  // On a laptop an image of the engine will do, a folder has to be there.
  expect(alertsOf({ ...at('local', []), named: ['2.0.0'] })).toEqual([]);
  expect(alertsOf({ ...at('local', []), isFolder: true, named: ['2.0.0'] })).toHaveLength(1);
});

test('A19 versions that pipelines name are looked at as well as the newest', () => {
  const int = at('int', [v('1.1.0', 'b'), v('1.0.0', 'a')]);
  const qa = { ...at('qa', [v('1.1.0', 'b'), v('1.0.0', 'z')]), named: ['1.0.0'] };
  expect(alertsOf(int, qa)).toEqual([{ code: 'digest-differs', version: '1.0.0', from: 'int' }]);
});

test('A19 folders have no digest, so nothing is compared with them', () => {
  const int: DatakitPresence = { ...at('int', [{ version: '1.0.0', digest: undefined }]), isFolder: true };
  expect(alertsOf(int, at('prod', [v('2.0.0', 'b')]))).toEqual([]);
  expect(judgeInventory([at('int', [v('2.0.0', 'a')]), { ...int, environment: 'qa' }], '0.1.0')[1]?.isBehind).toBe(
    false,
  );
});

test('A19 a version that needs more memory than an attempt is given can not run', () => {
  const int = at('int', [v('1.0.0', 'a', { memoryMiB: 512 })]);
  expect(alertsOf({ ...int, memoryMiB: 512 })).toEqual([]);
  expect(alertsOf({ ...int, memoryMiB: 256 })).toEqual([
    { code: 'memory-too-small', version: '1.0.0', needsMiB: 512, memoryMiB: 256 },
  ]);
});

test('every alert has a sentence that names its version', () => {
  const int = at('int', [v('1.0.0', 'a')]);
  const wrong: DatakitPresence = {
    ...at('qa', [v('1.0.0', 'b', { label: '2.0.0', minimumPlatform: '9.0.0', memoryMiB: 99 }), v('0.9.0', 'c')]),
    named: ['0.9.0', '3.0.0'],
    lastRun: { version: '1.0.0', digest: 'd' },
    memoryMiB: 1,
  };
  const sentences = alertsOf(int, wrong)?.map(describeInventoryAlert) ?? [];
  expect(sentences).toHaveLength(7);
  for (const sentence of sentences) expect(sentence).toMatch(/^\d\.\d\.\d .*\.$/);
});
