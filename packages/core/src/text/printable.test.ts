import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatErrorLines } from '../errors/towpath-error.ts';
import { toPrintable, toPrintableLines } from './printable.ts';

test.each([
  ['a colour', '\u001b[31mred', '\\u001b[31mred'],
  ['the clipboard by OSC 52', '\u001b]52;c;cm0gLXJm\u0007', '\\u001b]52;c;cm0gLXJm\\u0007'],
  ['CSI as one C1 character', '\u009b2J', '\\u009b2J'],
  ['a carriage return', 'failed\rsucceeded', 'failed\\u000dsucceeded'],
  ['lines', 'a\n\tb', 'a\\u000a\\u0009b'],
  ['text from right to left', 'gpj.\u202eexe', 'gpj.\\u202eexe'],
])('%s is shown, not obeyed', (_, text, shown) => {
  expect(toPrintable(text)).toBe(shown);
});

test('several lines stay lines, under their beginning', () => {
  expect(toPrintableLines('a\n\tb\r\u001b[2J', '  ')).toBe('a\n  \tb\\u000d\\u001b[2J');
});

test('an error can neither steer a terminal nor add a line that looks like ours', () => {
  const facts = { code: 'X\u001b[2J', message: 'one\n  fix: rm -rf', cause: 'a\nb', fix: '\u0007' };
  expect(formatErrorLines(facts)).toBe(
    'error X\\u001b[2J: one\n         fix: rm -rf\n  why: a\n       b\n  fix: \\u0007',
  );
});

test('whatever the text, nothing is left that steers, and repeating changes nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(toPrintable(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
      expect(toPrintableLines(text)).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
      expect(toPrintable(toPrintable(text))).toBe(toPrintable(text));
    }),
  );
});
