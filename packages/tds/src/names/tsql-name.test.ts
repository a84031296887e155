import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTsqlName, quoteTsqlName } from './tsql-name.ts';

describe('names of tables', () => {
  it.each([
    ['dbo.Products', 'dbo', 'Products'],
    ['Products', null, 'Products'],
    ['[odd name].[a.b]', 'odd name', 'a.b'],
    ['[a]]b].x', 'a]b', 'x'],
    ['"quo""ted".T', 'quo"ted', 'T'],
    ['größe.Straße_1', 'größe', 'Straße_1'],
  ])('%s is read', (text, schema, table) => {
    expect(parseTsqlName(text)).toEqual({ schema, table });
  });

  it.each(['', '.', 'dbo.', 'a.b.c', '[open', '[]', 'a b', "x'; drop table y --", 'a..b', '1abc', 'dbo.[x] y'])(
    '%j is refused',
    (text) => {
      expect(() => parseTsqlName(text)).toThrow(expect.objectContaining({ code: 'SQL_NAME_INVALID' }));
    },
  );

  it('any name survives being quoted and read', () => {
    const name = fc
      .string({ minLength: 1, maxLength: 128, unit: 'grapheme' })
      .filter((text) => text.length <= 128 && !text.includes('\0'));
    fc.assert(
      fc.property(name, name, (schema, table) => {
        expect(parseTsqlName(`${quoteTsqlName(schema)}.${quoteTsqlName(table)}`)).toEqual({ schema, table });
      }),
    );
  });
});
