import { parse } from 'dotenv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEnvFile } from './parse-env-file.ts';

const read = (text: string) => {
  const { values, problems } = parseEnvFile('config/.env.dev', text);
  return { values: Object.fromEntries([...values].map(([name, value]) => [name, value.text])), problems };
};

describe('parseEnvFile', () => {
  it.each([
    ['A=1', { A: '1' }],
    ['  export A = "x # y"  # why', { A: 'x # y' }],
    ["A='multi\nline'\nB=2", { A: 'multi\nline', B: '2' }],
    ['\uFEFFA=1\r\n\r\n# c\r\nB: two\r\n', { A: '1', B: 'two' }],
    ['A="a\\nb\\t"', { A: 'a\nb\\t' }],
    ['A=`say "it\'s"`', { A: 'say "it\'s"' }],
    ['A=\nB= \nC=""', { A: '', B: '', C: '' }],
    ['A=1 # one\nA=2', { A: '2' }],
    ["A=it's fine", { A: "it's fine" }],
  ])('reads %j', (text, values) => {
    expect(read(text)).toEqual({ values, problems: [] });
    expect(parse(text)).toEqual(values);
  });

  it.each([
    ['A=1\nnonsense\nB=2', 2, 'NAME=value'],
    ['\nA="open\nB=2', 2, 'closed'],
    ['A=pass#word', 1, 'quotes around'],
    ['A="x" y', 1, 'nothing after'],
    ['=x', 1, 'NAME=value'],
  ])('finds the line of %j', (text, line, expected) => {
    expect(read(text).problems).toEqual([{ line, expected: expect.stringContaining(expected) }]);
  });

  it('keeps the field of a reference without quotes', () => {
    expect(read('A=secret://db#password # why\nB=secret:///dev/fmp/key').values).toEqual({
      A: 'secret://db#password',
      B: 'secret:///dev/fmp/key',
    });
    expect(read('A=secret://db#a b').problems).toHaveLength(1);
  });

  it('knows where each value stands, after values of several lines too', () => {
    const { values } = parseEnvFile('f', '# first\nA="1\n2\n3"\n\n  B=2\n');
    expect(values.get('A')?.place).toEqual({ file: 'f', line: 2, column: 1 });
    expect(values.get('B')?.place).toMatchObject({ file: 'f', line: 6 });
  });

  const name = fc
    .stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/)
    .filter((text) => text !== '__proto__' && text !== 'export');
  const blank = fc.stringMatching(/^[ \t]{0,2}$/);
  const plain = fc.stringMatching(/^[A-Za-z0-9$\\/:=.,@!'"`{}()+-][A-Za-z0-9 $\\/:=.,@!'"{}()+-]{0,12}$/);
  const value = fc.oneof(
    plain.filter((text) => !/^['"`]/.test(text)),
    fc.constant(''),
    fc.string().map((text) => `'${text.replace(/['\\\r]/g, '')}'`),
    fc.string().map((text) => `"${text.replace(/["\\\r]/g, '')}\\n"`),
    fc.string().map((text) => `\`${text.replace(/[`\\\r]/g, '')}\``),
  );
  const line = fc.oneof(
    fc
      .tuple(blank, fc.constantFrom('', 'export '), name, blank, blank, value, fc.constantFrom('', ' # note', '  #'))
      .map(([a, word, key, b, c, text, comment]) => `${a}${word}${key}${b}=${c}${text}${comment}`),
    fc.constantFrom('', '# comment', '  # A=1', '\t'),
  );

  it('A2 reads every well-formed file as dotenv does', () => {
    fc.assert(
      fc.property(
        fc.array(line),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\uFEFF'),
        (lines, ending, mark) => {
          const text = `${mark}${lines.join(ending)}`;
          expect(read(text)).toEqual({ values: parse(text), problems: [] });
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('ends for any text and never invents a name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '`', '#', '\n', '\r', ' ', '\\', ':') }),
        (text) => {
          for (const key of Object.keys(read(text).values)) expect(text).toContain(key);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
