import { expect, test } from 'vitest';
import { createLogLines, findLines, splitByMatch, toShownLine } from './log-lines.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

test('however the bytes are cut, the lines are the same', () => {
  const bytes = encode('žluťoučký kůň\n🚂 second\n\nlast without end');
  for (let size = 1; size < bytes.length; size += 1) {
    const log = createLogLines({ beginsAmid: false });
    for (let at = 0; at < bytes.length; at += size) log.push(bytes.subarray(at, at + size));
    expect(log.lines, `chunks of ${size}`).toEqual(['žluťoučký kůň', '🚂 second', '', 'last without end']);
  }
});

test('a log read from its middle begins with a whole line', () => {
  const bytes = encode('🚂 cut off\nwhole\n');
  const log = createLogLines({ beginsAmid: true });
  log.push(bytes.subarray(2, 6));
  log.push(bytes.subarray(6));
  expect(log.lines).toEqual(['whole']);
});

test('escape sequences go, the last state of a progress line stays', () => {
  expect(toShownLine('\u001b[31merror\u001b[0m text')).toBe('error text');
  expect(toShownLine('\u001b]8;;http://x\u0007link\u001b]8;;\u0007')).toBe('link');
  expect(toShownLine('1%\r50%\r100%')).toBe('100%');
  expect(toShownLine('windows\r')).toBe('windows');
});

test('a search finds lines whatever the case and marks each place', () => {
  expect(findLines(['Row', 'none', 'rowROW'], 'row')).toEqual([0, 2]);
  expect(findLines(['a'], '')).toEqual([]);
  expect(splitByMatch('a ROW b row', 'row')).toEqual([
    { text: 'a ', isMatch: false },
    { text: 'ROW', isMatch: true },
    { text: ' b ', isMatch: false },
    { text: 'row', isMatch: true },
  ]);
  expect(splitByMatch('', 'x')).toEqual([{ text: '', isMatch: false }]);
});
