import type { ConfiguredValue } from '@towpath/api';
import { expect, test } from 'vitest';
import { compareConfigurations, describeSource } from './compare-configurations.ts';

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
  expect(compared.map(({ name, isDifferent }) => [name, isDifferent])).toEqual([
    ['A', false],
    ['B', true],
    ['KEY', false],
    ['ONLY_HERE', true],
    ['ONLY_THERE', true],
  ]);
  expect(describeSource(value('A', { source: 'envFile', place }))).toBe('envFile, config/.env.int:3');
});
