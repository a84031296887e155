import { expect, test } from 'vitest';
import { NEW_RELEASE, OLD_RELEASE, promotionsWorld } from '../../testing/world-promotions.ts';
import { describePlaces, findPlaces } from './where-it-is.ts';

const { rows, promotions } = promotionsWorld().promotions;
const find = (releaseId: string, project = 'markets') => findPlaces({ releaseId, project, rows, promotions });

test('A63 a release is somewhere, on its way, was there, or never came', () => {
  expect(find(NEW_RELEASE.id).map(({ how }) => how)).toEqual(['here', 'here', 'coming']);
  expect(find(OLD_RELEASE.id).map(({ how }) => how)).toEqual(['not', 'not', 'here']);
  const back = promotions.map((one) => ({ ...one, release: { ...one.release, id: OLD_RELEASE.id } }));
  const were = findPlaces({ releaseId: OLD_RELEASE.id, project: 'markets', rows, promotions: back });
  expect(were[0]).toMatchObject({ how: 'was', last: { state: 'succeeded' } });
});

test('environments of another project have nothing to do with it; those of none do', () => {
  expect(find(NEW_RELEASE.id, 'other')).toEqual([]);
  const free = rows.map((row) => ({ ...row, project: null }));
  expect(findPlaces({ releaseId: 'x', project: 'other', rows: free, promotions })).toHaveLength(3);
});

test('the answer says it in one line', () => {
  expect(describePlaces('v1.3.3', find(NEW_RELEASE.id))).toBe('v1.3.3 runs in int, staging, is on its way to prod');
  expect(describePlaces('v1.3.3', [])).toBe('v1.3.3 is nowhere yet');
});
