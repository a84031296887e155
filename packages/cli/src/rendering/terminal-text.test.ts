import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTerminalText } from './terminal-text.ts';

function show(...pieces: readonly Uint8Array[]): string {
  const text = createTerminalText();
  return pieces.map((bytes) => text.add(bytes)).join('') + text.end();
}

test.each([
  ['a colour stays, to the end of its line', '\u001b[1;31mred\nplain', '\u001b[1;31mred\u001b[0m\nplain'],
  ['a colour left on ends with the text', '\u001b[38:5:9mred', '\u001b[38:5:9mred\u001b[0m'],
  ['tabs and lines stay', 'a\tb\r\nc\n', 'a\tb\nc\n'],
  ['the clipboard is not written', '\u001b]52;c;YQ==\u0007', '\\u001b]52;c;YQ==\\u0007'],
  ['the screen is not cleared', 'a\u001b[2Jb\u009b2J', 'a\\u001b[2Jb\\u009b2J'],
  ['no line is overwritten', 'failed\rsucceeded\n', 'failed\\u000dsucceeded\n'],
  ['what is unfinished is shown', 'a\u001b[3', 'a\\u001b[3'],
])('%s', (_, written, shown) => {
  expect(show(Buffer.from(written))).toBe(shown);
});

test('wherever it is cut, the same is shown, and only colours steer', () => {
  const part = fc.oneof(
    fc.constantFrom('\u001b', '\u001b[', '\u001b[31m', '31', 'm', '\r', '\n', '\t', '\u009b', '\u202e', 'ü', '🚂'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.nat(40)), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''));
      const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length];
      const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
      expect(show(...pieces)).toBe(show(bytes));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with a control character
      const uncoloured = show(bytes).replaceAll(/\u001b\[[0-9;:]*m/g, '');
      expect(uncoloured).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});
