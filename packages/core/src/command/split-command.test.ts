import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitCommand } from './split-command.ts';

describe('splitCommand', () => {
  it.each([
    ['datakit-sqlserver ingest-table dbo.Products', ['datakit-sqlserver', 'ingest-table', 'dbo.Products']],
    [`run "two words" 'single $HOME' a\\ b`, ['run', 'two words', 'single $HOME', 'a b']],
    [`a"b"'c'd`, ['abcd']],
    [`""  ''`, ['', '']],
    [`say "a \\"quoted\\" word" "back\\\\slash" "kept \\n"`, ['say', 'a "quoted" word', 'back\\slash', 'kept \\n']],
    ['ingest-table "[odd name].[a.b]"', ['ingest-table', '[odd name].[a.b]']],
    [
      'a; rm -rf / | b && c > d * $(e) `f`',
      ['a;', 'rm', '-rf', '/', '|', 'b', '&&', 'c', '>', 'd', '*', '$(e)', '`f`'],
    ],
    ['  \t\n ', []],
    ['', []],
    ['line\\\nbroken', ['linebroken']],
  ])('A21 splits %j as a POSIX shell splits words', (command, argv) => {
    expect(splitCommand(command)).toEqual(argv);
  });

  it.each(["open 'quote", 'open "quote', 'ends with \\', 'nul \0 inside'])('refuses %j', (command) => {
    expect(() => splitCommand(command)).toThrow(expect.objectContaining({ code: 'COMMAND_MALFORMED' }));
  });

  it('A21 gives back any words that were single-quoted', () => {
    const word = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0'));
    const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
    fc.assert(
      fc.property(fc.array(word), (words) => {
        expect(splitCommand(words.map(quote).join(' '))).toEqual(words);
      }),
    );
  });

  it('never loses or invents a character of a plain word', () => {
    const plain = fc.stringMatching(/^[A-Za-z0-9_.,:/=@%+-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(plain), (words) => {
        expect(splitCommand(words.join('  '))).toEqual(words);
      }),
    );
  });
});
