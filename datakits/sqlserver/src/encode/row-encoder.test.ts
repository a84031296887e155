import type { TdsColumn } from '@towpath/tds';
import { describe, expect, it } from 'vitest';
import { CopyBuffer } from '../copy/copy-buffer.ts';
import { planColumns } from './plan-columns.ts';
import { RowEncoder, refuseRow } from './row-encoder.ts';

const column = (type: TdsColumn['type'], more: Partial<TdsColumn> = {}): TdsColumn => ({
  name: 'Value',
  type,
  maxLength: null,
  precision: 0,
  scale: 0,
  nullable: true,
  encoding: 'binary',
  ...more,
});

/** The COPY bytes of one row with one cell, given and returned as hex; `null` is NULL. */
function encode(source: TdsColumn, hex: string | null): string {
  const sent: Buffer[] = [];
  const out = new CopyBuffer((full, length) => {
    sent.push(Buffer.from(full.subarray(0, length)));
    return full;
  });
  // Two bytes before the cell: offsets count.
  const cell = Buffer.from(`aaaa${hex ?? ''}`, 'hex');
  const encoder = new RowEncoder(planColumns('dbo.T', [source]), out, (bad) => {
    throw refuseRow('dbo.T', bad);
  });
  encoder.write({
    buffer: cell,
    offsets: Int32Array.of(2),
    lengths: Int32Array.of(hex === null ? -1 : cell.length - 2),
  });
  out.flush();
  return Buffer.concat(sent).toString('hex');
}

const utf16 = (text: string): string => Buffer.from(text, 'utf16le').toString('hex');

describe('one cell as COPY BINARY', () => {
  it.each([
    ['int -2', column('int'), 'feffffff', '000100000004fffffffe'],
    ['bit', column('bit'), '01', '00010000000101'],
    ['tinyint 255', column('tinyint'), 'ff', '00010000000200ff'],
    ['NULL', column('int'), null, '0001ffffffff'],
    ['NULL of two columns', column('datetimeoffset', { scale: 7 }), null, '0002ffffffffffffffff'],
    // numeric: digits 12 | 3400, weight 0, positive, scale 2
    [
      'decimal 12.34',
      column('decimal', { precision: 9, scale: 2 }),
      '01d2040000',
      '00010000000c0002000000000002000c0d48',
    ],
    ['decimal -0.01', column('decimal', { precision: 9, scale: 2 }), '0001000000', '00010000000a0001ffff400000020064'],
    ['decimal 0.00', column('decimal', { precision: 9, scale: 2 }), '0100000000', '0001000000080000000000000002'],
    ['money -1', column('money'), 'fffffffff0d8ffff', '00010000000a00010000400000040001'],
    ['date 2000-01-01', column('date'), '07240b', '00010000000400000000'],
    ['smalldatetime 1999-12-31 23:59', column('smalldatetime'), 'ab8e9f05', '000100000008fffffffffc6c7900'],
    ['datetime 2000-01-01 00:00:00.003', column('datetime'), 'ac8e000001000000', '0001000000080000000000000bb8'],
    [
      'uuid',
      column('uniqueidentifier'),
      '33221100554477668899aabbccddeeff',
      '00010000001000112233445566778899aabbccddeeff',
    ],
    ['-0 of a float', column('float'), '0000000000000080', '0001000000088000000000000000'],
    ['-0 of a real', column('real'), '00000080', '00010000000480000000'],
    ['text', column('nvarchar', { encoding: 'utf16le' }), utf16('aé€😀'), '00010000000a61c3a9e282acf09f9880'],
    ['Windows-1252', column('varchar', { encoding: 'cp1252' }), '61e980', '00010000000661c3a9e282ac'],
    ['xml without its mark', column('xml', { encoding: 'utf16le' }), `fffe${utf16('<a/>')}`, '0001000000043c612f3e'],
  ])('%s', (_name, source, cell, expected) => {
    expect(encode(source, cell)).toBe(expected);
  });
});

describe('a cell that can not be held exactly', () => {
  it.each([
    [
      'a high surrogate at the end',
      column('nvarchar', { encoding: 'utf16le' }),
      utf16('a\ud83d'),
      'VALUE_LONE_SURROGATE',
    ],
    [
      'a high surrogate before a letter',
      column('nvarchar', { encoding: 'utf16le' }),
      utf16('\ud83da'),
      'VALUE_LONE_SURROGATE',
    ],
    ['a low surrogate alone', column('nvarchar', { encoding: 'utf16le' }), utf16('\ude00'), 'VALUE_LONE_SURROGATE'],
    ['NUL', column('nvarchar', { encoding: 'utf16le' }), '6100000062 00'.replace(' ', ''), 'VALUE_NUL_CHARACTER'],
    ['NUL in Windows-1252', column('varchar', { encoding: 'cp1252' }), '6100', 'VALUE_NUL_CHARACTER'],
    ['NUL in UTF-8', column('varchar', { encoding: 'utf8' }), '6100', 'VALUE_NUL_CHARACTER'],
    ['broken UTF-8', column('varchar', { encoding: 'utf8' }), 'c3', 'VALUE_MALFORMED'],
    ['half a code unit', column('nvarchar', { encoding: 'utf16le' }), '61', 'VALUE_MALFORMED'],
    ['a short int', column('int'), 'ffff', 'VALUE_MALFORMED'],
    ['a decimal of six bytes', column('decimal', { precision: 9 }), '010000000000', 'VALUE_MALFORMED'],
    ['a day after 9999-12-31', column('date'), 'ffffff', 'VALUE_MALFORMED'],
    ['24 o’clock', column('time', { scale: 0 }), '805101', 'VALUE_MALFORMED'],
    ['a seventh digit', column('time', { scale: 7 }), '0100000000', 'VALUE_PRECISION_LOST'],
  ])('%s', (_name, source, cell, code) => {
    expect(() => encode(source, cell)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining('Value') }),
    );
  });
});

describe('A33 a type without an exact mapping', () => {
  it('is refused together with all others of the table, before a row is read', () => {
    const columns = [
      column('null', { name: 'Anything' }),
      column('int', { name: 'Id' }),
      column('udt', { name: 'Place' }),
      column('varchar', { name: 'Greek', encoding: 'cp999' }),
    ];
    expect(() => planColumns('dbo.T', columns)).toThrow(
      expect.objectContaining({
        code: 'TYPE_UNMAPPABLE',
        message: expect.stringMatching(/Anything \(null\), Place \(the CLR type.+\), Greek \(varchar .+cp999/),
      }),
    );
  });
});

describe('columns that a PostgreSQL table can not have', () => {
  it.each(['ctid', 'XMIN', 'xmax', 'Cmin', 'cmax', 'tableoid'])('%s is a system column', (name) => {
    expect(() => planColumns('dbo.T', [column('int', { name: 'Id' }), column('int', { name })])).toThrow(
      expect.objectContaining({
        code: 'COLUMN_NAME_RESERVED',
        message: `Column ${name} of dbo.T is named like a system column of PostgreSQL.`,
      }),
    );
  });

  it('1,600 with lineage are allowed, one more is not', () => {
    const columns = Array.from({ length: 1595 }, (_, index) => column('int', { name: `c${index}` }));
    expect(planColumns('dbo.T', columns)).toHaveLength(1595);
    expect(() => planColumns('dbo.T', [...columns, column('int', { name: 'last' })])).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_COLUMNS', message: expect.stringContaining('1601 columns') }),
    );
  });
});
