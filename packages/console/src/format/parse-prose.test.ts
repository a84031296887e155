import { expect, test } from 'vitest';
import { parseProse } from './parse-prose.ts';

const text = (said: string) => ({ kind: 'text', text: said });

test('headings, lists, bold and code of a changelog are read', () => {
  expect(
    parseProse('## v1.1.0\n\n- **tick** every morning\n- reads `a **b**`\n  on two lines\n\nSee there.\r\nAnd there.'),
  ).toEqual([
    { kind: 'heading', lines: [[text('v1.1.0')]] },
    {
      kind: 'list',
      lines: [
        [{ kind: 'bold', text: 'tick' }, text(' every morning')],
        [text('reads '), { kind: 'code', text: 'a **b**' }, text(' on two lines')],
      ],
    },
    { kind: 'paragraph', lines: [[text('See there.')], [text('And there.')]] },
  ]);
});

test('everything else stays the text that it is', () => {
  for (const said of ['<img src=x onerror=alert(1)>', '2 * 3 ** 4', 'a ` b', '[x](javascript:alert(1))', '#7 is done'])
    expect(parseProse(said)).toEqual([{ kind: 'paragraph', lines: [[text(said)]] }]);
  expect(parseProse(' \n\n')).toEqual([]);
});
