import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findNearest } from './find-nearest.ts';

const NAMES = ['sqlserver-bronze', 'nightly', 'orders', 'run'];

it.each([
  ['sqlserver-bronce', 'sqlserver-bronze'],
  ['sqlsrever-bronze', 'sqlserver-bronze'],
  ['Nightly', 'nightly'],
  ['nigtly', 'nightly'],
  ['ordres', 'orders'],
  ['sql', undefined],
  ['x', undefined],
  ['', undefined],
  ['y'.repeat(100_000), undefined],
])('%s means %s', (name, expected) => {
  expect(findNearest(name, NAMES)).toBe(expected);
});

it('one slip in a name of five letters or more is always found', () => {
  const word = fc.stringMatching(/^[a-z]{5,20}$/);
  fc.assert(
    fc.property(word, fc.nat(), fc.stringMatching(/^[a-z]$/), (name, seed, letter) => {
      const place = seed % name.length;
      expect(findNearest(name.slice(0, place) + name.slice(place + 1), [name])).toBe(name);
      expect(findNearest(name.slice(0, place) + letter + name.slice(place), [name])).toBe(name);
      expect(findNearest(name.slice(0, place) + letter + name.slice(place + 1), [name])).toBe(name);
    }),
  );
});
