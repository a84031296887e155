import { expect, test } from 'vitest';
import { emergencyWorld, hugeBoardWorld, promotionsWorld } from '../../testing/world-promotions.ts';
import { countStates } from './count-states.ts';
import { describeBoard, hasFailedLast, listDrift } from './describe-board.ts';
import { toBoardLines } from './to-board.ts';

const { rows, pipelines, promotions } = promotionsWorld().promotions;
const rowOf = (name: string) => {
  const found = rows.find(({ environment }) => environment === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const namesOf = (find: string, only?: 'open') =>
  toBoardLines({ rows, pipelines }, { find, only }).map((line) => (line.kind === 'project' ? line.project : line.name));

test('a project stands before its pipelines, in the order people read', () => {
  expect(namesOf('')).toEqual(['markets', 'positions', 'surveillance', 'trades']);
  const huge = hugeBoardWorld().promotions;
  expect(toBoardLines(huge, {})).toHaveLength(251);
  expect(toBoardLines(huge, {}).at(-1)).toMatchObject({ name: 'warehouse-250-nightly', cells: { length: 4 } });
});

test('a pipeline that an environment does not have leaves a gap', () => {
  const positions = toBoardLines({ rows, pipelines }, { find: 'positions' })[1];
  expect(positions?.kind === 'pipeline' && positions.cells.map((cell) => cell?.environment)).toEqual([
    'int',
    'staging',
    undefined,
  ]);
});

test('a name finds pipelines; that of a project or environment all of its pipelines', () => {
  expect(namesOf('SURV')).toEqual(['markets', 'surveillance']);
  expect(namesOf('markets')).toHaveLength(4);
  expect(namesOf('staging')).toHaveLength(4);
  expect(namesOf('nothing')).toEqual([]);
});

test('only what is open: pipelines that failed last, and the project whose promotion waits', () => {
  expect(namesOf('', 'open')).toEqual(['markets', 'surveillance']);
  expect(namesOf('trades', 'open')).toEqual([]);
});

test('projects do not share columns, and environments of none stand apart', () => {
  const other = { ...rowOf('int'), environment: 'lab', project: null, promotion: null };
  const lines = toBoardLines({ rows: [...rows, other], pipelines }, {});
  const heads = lines.filter((line) => line.kind === 'project');
  expect(heads.map((line) => line.environments.length)).toEqual([3, 1]);
});

test('drift is what agents have that they were not told, and what could not be loaded', () => {
  const staging = rowOf('staging');
  expect(listDrift(staging)).toEqual(['staging-b has v1.3.2, not v1.3.3']);
  const [waiting] = promotions;
  if (!waiting) throw new Error('nothing waits');
  expect(listDrift({ ...staging, promotion: { ...waiting, state: 'running' } })).toEqual([]);
  const agents = [{ name: 'a', release: null, error: 'BUNDLE_MISSING' }];
  expect(listDrift({ ...staging, agents })).toEqual(["a can't load it: BUNDLE_MISSING"]);
  expect(listDrift({ ...staging, agents: [], deployment: null })).toEqual(['told to run v1.3.3, runs no release']);
  expect(listDrift({ ...staging, desired: null })).toEqual([]);
});

test('the answer names the one promotion that waits, or counts them', () => {
  const say = (more: typeof rows) => describeBoard({ rows: more, pipelines: [] }, Date.now(), 'UTC').words;
  expect(say(rows)).toMatch(/^v1\.3\.3 to prod: 2 of 7 gates wait · not before \w{3} \d\d:\d\d; 1 environment drifts$/);
  const prod = rowOf('prod');
  const going = prod.promotion && { ...prod.promotion, state: 'running' as const };
  expect(say([prod, prod, { ...prod, promotion: going }])).toBe('2 promotions wait, 1 going on');
  expect(say([rowOf('int')])).toBe('1 environment, nothing waits');
  expect(say(emergencyWorld().promotions.rows)).toContain('1 of 4 gates waits');
});

test('what ran last decides, not what runs now or was cancelled', () => {
  expect(hasFailedLast({ lastRuns: ['running', 'cancelled', 'failed', 'succeeded'] })).toBe(true);
  expect(hasFailedLast({ lastRuns: ['succeeded', 'failed'] })).toBe(false);
  expect(hasFailedLast({ lastRuns: [] })).toBe(false);
  expect(countStates(['succeeded', 'failed', 'succeeded'])).toBe('2 succeeded, 1 failed');
});
