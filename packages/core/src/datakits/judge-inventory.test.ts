import { expect, test } from 'vitest';
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
    { code: 'platform-too-old', version: '1.0.0', minimumPlatform: '0.2.0' },
  ]);
});
