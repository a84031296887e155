import { describe, expect, it } from 'vitest';
import { chooseColumnOptions } from './column-options.ts';

const RENAME = new Map([
  ['NAME', { rename: 'upper' }],
  ['name', { rename: 'lower' }],
]);

describe('columns whose names differ by case alone', () => {
  it('are told apart when both are named exactly', () => {
    const columns = ['NAME', 'name'];
    expect(chooseColumnOptions(RENAME, 'NAME', columns)).toEqual({ rename: 'upper' });
    expect(chooseColumnOptions(RENAME, 'name', columns)).toEqual({ rename: 'lower' });
  });

  it('one named exactly leaves the other alone', () => {
    const options = new Map([['name', { load: 'skip' as const }]]);
    expect(chooseColumnOptions(options, 'NAME', ['NAME', 'name'])).toEqual({});
  });

  it('a single one is meant in any case', () => {
    expect(chooseColumnOptions(RENAME, 'Name', ['Name'])).toEqual({ rename: 'lower' });
  });
});
