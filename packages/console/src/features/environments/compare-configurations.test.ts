import type { ConfiguredValue } from '@towpath/api';
import { expect, test } from 'vitest';
import { compareConfigurations, describeDifferences, describeSource } from './compare-configurations.ts';

const value = (name: string, more: Partial<ConfiguredValue> = {}): ConfiguredValue => ({
  name,
  text: 'x',
  mask: null,
  source: 'project',
  place: null,
  type: 'string',
  rules: [],
  ...more,
});

test('a difference is judged as parity does, and what follows from the environment is told apart', () => {
  const here = [
    value('ENVIRONMENT', { text: 'int', source: 'derived', mayDiffer: true }),
    value('RAW', { text: 'int-raw', source: 'computed', mayDiffer: true }),
    value('URL', { text: 'a', mayDiffer: true }),
    value('LEVEL', { text: 'INFO', mayDiffer: false }),
    value('OLD', { text: 'a' }),
    value('SAME', { mayDiffer: false }),
  ];
  const there = here.map((one) => (one.name === 'SAME' ? one : { ...one, text: `${one.text}-other` }));
  const compared = compareConfigurations({ values: here }, { values: there });
  expect(compared.map(({ difference }) => difference)).toEqual([
    ...['follows', 'follows', 'allowed', 'red', 'unjudged', 'none'],
  ]);
  expect(describeDifferences(compared)).toBe(
    '1 must not differ, 1 differs, 1 may differ, 2 follow from the environment.',
  );
  expect(describeDifferences(compared.slice(5))).toBe('Nothing differs.');
});

test('differences are values and absence, never the source; a secret differs by its mask only', () => {
  const place = { file: 'config/.env.int', line: 3 };
  const here = [value('A'), value('B'), value('KEY', { text: null, mask: 'secret://a#b' }), value('ONLY_HERE')];
  const there = [
    value('ONLY_THERE'),
    value('A', { source: 'envFile', place }),
    value('B', { text: 'y' }),
    value('KEY', { text: null, mask: 'secret://a#b' }),
  ];
  const compared = compareConfigurations({ values: here }, { values: there });
  expect(compared.map(({ name, difference }) => [name, difference !== 'none'])).toEqual([
    ['A', false],
    ['B', true],
    ['KEY', false],
    ['ONLY_HERE', true],
    ['ONLY_THERE', true],
  ]);
  expect(describeSource(value('A', { source: 'envFile', place }))).toBe('envFile, config/.env.int:3');
});
