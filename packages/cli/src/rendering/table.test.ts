import { expect, it } from 'vitest';
import { formatDuration } from './duration.ts';
import { formatTable } from './table.ts';

it('a table aligns text to the left and numbers to the right', () => {
  expect(
    formatTable(
      ['NAME', 'N'],
      [
        ['a', 5],
        ['long name', 12],
      ],
    ),
  ).toBe('NAME        N\na           5\nlong name  12\n');
});

it('a cell is one line, whatever is in it', () => {
  expect(formatTable(['NAME'], [['a\n\u001b[31mred']])).toBe('NAME\na\\u000a\\u001b[31mred\n');
});

it.each([
  [132, '132 ms'],
  [999.4, '999 ms'],
  [1300, '1.3 s'],
  [59_999, '59.9 s'],
  [245_000, '4 min 05 s'],
  [7_620_000, '2 h 07 min'],
])('%d ms is %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
