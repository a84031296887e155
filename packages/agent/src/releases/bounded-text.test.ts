import { expect, test } from 'vitest';
import { createBoundedText } from './bounded-text.ts';

function write(maxCharacters: number, lines: number) {
  const text = createBoundedText(maxCharacters);
  for (let at = 1; at <= lines; at += 1) text.add(`line ${at}`);
  return text;
}

test('keeps what fits', () => {
  const text = write(1000, 3);
  expect([text.text(), text.isCut()]).toEqual(['line 1\nline 2\nline 3\n', false]);
});

test('keeps the beginning and the end of what does not, and says how much is missing', () => {
  const text = write(264, 100_000);
  expect(text.isCut()).toBe(true);
  expect(text.text().length).toBeLessThanOrEqual(264);
  expect(text.text()).toMatch(/^line 1\nline 2\n[^…]*… 1088700 characters left out …\n[^…]*line 99999\nline 100000\n$/);
});
