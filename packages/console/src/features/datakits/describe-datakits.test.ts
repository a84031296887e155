import { expect, test } from 'vitest';
import { datakitsWorld, manyDatakitsWorld } from '../../testing/world-datakits.ts';
import { describeAbsence, describeDatakits, describeNamed, findStaleAge, listAlertWords } from './describe-datakits.ts';

const { datakits } = datakitsWorld();
const cellOf = (datakit: string, environment: string) => {
  const cells = datakits.find(({ name }) => name === datakit)?.environments ?? [];
  const cell = cells.find((candidate) => candidate.environment === environment);
  if (cell === undefined) throw new Error(`no ${datakit} in ${environment}`);
  return cell;
};

test('A19 the answer counts what needs a look, the worst first', () => {
  expect(describeDatakits(datakits, Date.now())).toEqual({
    words: '3 of 4 datakits need a look: 1 incompatible, 1 missing, 2 drift, 1 not known; the report of prod is stale',
    isGood: false,
  });
  const many = manyDatakitsWorld().datakits;
  expect(describeDatakits(many, Date.now() - 3 * 3_600_000)).toEqual({
    words: '18 datakits, nothing drifts, all can run',
    isGood: true,
  });
  expect(describeDatakits(many, Date.now()).words).toContain('the report of prod is stale');
});

test('A19 drift, what is missing and what can not run have a word each', () => {
  expect(listAlertWords(cellOf('sqlserver-bronze', 'qa').alerts)).toEqual(['drift']);
  expect(listAlertWords(cellOf('rest', 'int').alerts)).toEqual(['incompatible']);
  expect(listAlertWords(cellOf('dbt', 'prod').alerts)).toEqual(['missing']);
});

test('nothing is told apart from not known and not used', () => {
  expect(describeAbsence(cellOf('dbt', 'qa'))).toBe('not known');
  expect(describeAbsence(cellOf('files', 'local'))).toBe('not used here');
  expect(describeAbsence({ ...cellOf('files', 'local'), observed: null })).toBe('no report');
  expect(describeAbsence({ ...cellOf('dbt', 'prod'), newest: null })).toBe('none');
});

test('versions that pipelines name are said where they are not the newest alone', () => {
  expect(describeNamed(cellOf('dbt', 'int'))).toBe('Pipelines name 0.2.0, 0.3.0');
  expect(describeNamed(cellOf('files', 'int'))).toBeUndefined();
});

test('a report that should have been replaced tells its age', () => {
  const nowMs = Date.now();
  expect(findStaleAge(cellOf('files', 'prod'), nowMs)).toBe('3 h');
  expect(findStaleAge(cellOf('files', 'int'), nowMs)).toBeUndefined();
});
