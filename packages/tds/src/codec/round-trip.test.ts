// Every value of every type survives the wire: what is written is what is read, by column or inside a sql_variant.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellValue, TdsEncoding } from '../tds-column.ts';
import type { TypeInfo } from './base-types.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeText, encodeText, isDecodable } from './code-page.ts';
import { formatDecimal } from './decimal.ts';
import { parseDeclaredType } from './declared-type.ts';
import { decodeCell } from './decode-cell.ts';
import { writeCell } from './encode-cell.ts';
import { RowScanner } from './row-scanner.ts';
import { formatDate, formatOffset, formatTime, shiftMinutes } from './temporal.ts';
import { readTypeInfo, writeTypeInfo } from './type-info.ts';
import { encodeVariant, readVariant } from './variant.ts';

function typeOf(declared: string): TypeInfo {
  const type = parseDeclaredType(declared);
  if (!type) throw new Error(declared);
  return type;
}

/** Writes type and cell, reads both again. */
function roundTrip(type: TypeInfo, value: CellValue, nullable: boolean): { type: TypeInfo; value: CellValue } {
  const writer = new ByteWriter();
  writeCell(writer, writeTypeInfo(writer, type, nullable), value);
  const bytes = writer.take();
  const reader = new ByteReader(bytes);
  const wire = readTypeInfo(reader);
  const scanner = new RowScanner([wire], bytes.length);
  expect(scanner.scanRow(bytes, reader.position, bytes.length)).toBe(bytes.length);
  return { type: wire.info, value: decodeCell(wire.info, bytes, scanner.offsets[0] ?? 0, scanner.lengths[0] ?? -1) };
}

const LAST_DAY = 3_652_058;
const days = fc.integer({ min: 0, max: LAST_DAY });
const scale = fc.integer({ min: 0, max: 7 });
const timeOf = (digits: number) =>
  fc
    .double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
    .map((part) => formatTime(Math.floor(part * 86_400 * 10 ** digits), digits));
const uuid = fc.uuid().map((text) => text.toUpperCase());
const signed = (bits: number) => fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });

/** A declared type with a value of it, text as `decodeCell` gives it. */
const typedValue = fc.oneof<fc.Arbitrary<readonly [string, CellValue]>[]>(
  fc.integer({ min: 0, max: 255 }).map((value) => ['tinyint', value] as const),
  fc.integer({ min: -32_768, max: 32_767 }).map((value) => ['smallint', value] as const),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((value) => ['int', value] as const),
  signed(64).map((value) => ['bigint', value] as const),
  fc.boolean().map((value) => ['bit', value] as const),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ['float', value] as const),
  fc.float({ noNaN: true, noDefaultInfinity: true }).map((value) => ['real', value] as const),
  signed(64).map((units) => ['money', formatDecimal(units, 4)] as const),
  signed(32).map((units) => ['smallmoney', formatDecimal(units, 4)] as const),
  fc
    .integer({ min: 1, max: 38 })
    .chain((precision) =>
      fc
        .tuple(
          fc.integer({ min: 0, max: precision }),
          fc.bigInt({ min: 1n - 10n ** BigInt(precision), max: 10n ** BigInt(precision) - 1n }),
        )
        .map(([digits, units]) => [`decimal(${precision},${digits})`, formatDecimal(units, digits)] as const),
    ),
  days.map((day) => ['date', formatDate(day)] as const),
  scale.chain((digits) => timeOf(digits).map((time) => [`time(${digits})`, time] as const)),
  fc
    .tuple(fc.integer({ min: 693_595, max: 693_595 + 65_535 }), fc.integer({ min: 0, max: 1439 }))
    .map(([day, minutes]) => ['smalldatetime', `${formatDate(day)} ${formatTime(minutes * 60, 0)}`] as const),
  fc
    .tuple(fc.integer({ min: 639_905, max: LAST_DAY }), fc.integer({ min: 0, max: 25_919_999 }))
    .map(([day, ticks]) => ['datetime', `${formatDate(day)} ${formatTime(Math.round((ticks * 10) / 3), 3)}`] as const),
  fc
    .tuple(days, scale)
    .chain(([day, digits]) =>
      timeOf(digits).map((time) => [`datetime2(${digits})`, `${formatDate(day)} ${time}`] as const),
    ),
  fc
    .tuple(fc.integer({ min: 1, max: LAST_DAY - 1 }), scale, fc.integer({ min: -840, max: 840 }))
    .chain(([day, digits, minutes]) =>
      timeOf(digits).map((time) => [`datetimeoffset(${digits})`, toLocal(day, time, digits, minutes)] as const),
    ),
  uuid.map((value) => ['uniqueidentifier', value] as const),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => ['varbinary(60)', Buffer.from(bytes)] as const),
  fc.uint8Array({ minLength: 7, maxLength: 7 }).map((bytes) => ['binary(7)', Buffer.from(bytes)] as const),
  fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => ['nvarchar(400)', text] as const),
  fc.string({ unit: 'binary-ascii', maxLength: 50 }).map((text) => ['varchar(50)', text] as const),
);

function toLocal(day: number, utcTime: string, digits: number, minutes: number): string {
  const [, hours = 0, minute = 0, second = 0, fraction = ''] = /(\d+):(\d+):(\d+)(?:\.(\d+))?/.exec(utcTime) ?? [];
  const ticks = ((Number(hours) * 60 + Number(minute)) * 60 + Number(second)) * 1e7 + Number(fraction.padEnd(7, '0'));
  const local = shiftMinutes({ days: day, ticks, offsetMinutes: 0 }, minutes);
  return `${formatDate(local.days)} ${formatTime(Math.floor(local.ticks / 10 ** (7 - digits)), digits)} ${formatOffset(minutes)}`;
}

const maxValue = fc.oneof<fc.Arbitrary<readonly [string, CellValue]>[]>(
  fc.uint8Array({ maxLength: 20_000, size: 'max' }).map((bytes) => ['varbinary(max)', Buffer.from(bytes)] as const),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ['image', Buffer.from(bytes)] as const),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => ['geometry', Buffer.from(bytes)] as const),
  fc.string({ unit: 'grapheme', maxLength: 5000, size: 'max' }).map((text) => ['nvarchar(max)', text] as const),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => ['xml', text] as const),
  fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => ['ntext', text] as const),
);

describe('a value', () => {
  it('of any type comes back exactly, its type included, as does NULL', () => {
    fc.assert(
      fc.property(fc.oneof(typedValue, maxValue), fc.boolean(), ([declared, value], nullable) => {
        const type = typeOf(declared);
        const read = roundTrip(type, value, nullable);
        expect(read.value).toEqual(value);
        expect(read.type).toMatchObject({
          type: type.type,
          precision: type.precision,
          scale: type.scale,
          encoding: type.encoding,
        });
        expect(roundTrip(type, null, true).value).toBeNull();
      }),
      { numRuns: 3000 },
    );
  }, 30_000);

  it('of any type comes back exactly out of a sql_variant', () => {
    fc.assert(
      fc.property(typedValue, ([declared, value]) => {
        if (value === null) return;
        const type = typeOf(declared);
        const bytes = encodeVariant(type, value);
        expect(decodeCell(typeOf('sql_variant'), bytes, 0, bytes.length)).toEqual(value);
        const found = readVariant(bytes, 0, bytes.length).type;
        expect(found).toMatchObject({ type: type.type, scale: type.scale, precision: type.precision });
      }),
      { numRuns: 1500 },
    );
  }, 30_000);

  it('that does not fit is refused, never bent', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('tinyint', 'smallint', 'int', 'bigint', 'smallmoney', 'money', 'decimal(9,2)'),
        fc.bigInt({ min: 2n ** 64n, max: 2n ** 90n }),
        fc.boolean(),
        (declared, size, isNegative) => {
          const value = String(isNegative ? -size : size);
          expect(() => roundTrip(typeOf(declared), value, true)).toThrow(
            expect.objectContaining({ code: 'TDS_VALUE_INVALID' }),
          );
        },
      ),
    );
  });

  it.each([
    ['smalldatetime', '2079-06-06 23:59:45'],
    ['smalldatetime', '1899-12-31 00:00:00'],
    ['datetime', '1752-12-31 23:59:59.990'],
    ['datetime', '9999-12-31 23:59:59.999'],
    ['date', '0000-01-01'],
    ['date', '2100-02-29'],
    ['datetime2(0)', '2024-01-01 24:00:00'],
  ])('%s can not be %s', (declared, value) => {
    expect(() => roundTrip(typeOf(declared), value, true)).toThrow(
      expect.objectContaining({ code: 'TDS_VALUE_INVALID' }),
    );
  });

  it('of datetime rounds to 1/300 of a second and carries over midnight, as SQL Server does', () => {
    expect(roundTrip(typeOf('datetime'), '2024-12-31 23:59:59.999', true).value).toBe('2025-01-01 00:00:00.000');
    expect(roundTrip(typeOf('datetime'), '2024-12-31 23:59:59.995', true).value).toBe('2024-12-31 23:59:59.997');
    expect(roundTrip(typeOf('smalldatetime'), '2024-12-31 23:59:31', true).value).toBe('2025-01-01 00:00:00');
  });
});

describe('a code page', () => {
  const pages: readonly TdsEncoding[] = [
    'cp437',
    'cp850',
    'cp874',
    'cp1250',
    'cp1251',
    'cp1252',
    'cp1253',
    'cp1254',
    'cp1255',
    'cp1256',
    'cp1257',
    'cp1258',
  ];

  it.each(pages)('%s: every byte is a character, and comes back as that byte', (page) => {
    expect(isDecodable(page)).toBe(true);
    for (let byte = 0; byte < 256; byte += 1) {
      const text = decodeText(page, Buffer.from([byte]), 0, 1);
      // Some bytes are undefined in some pages.
      if (text !== '\ufffd') expect([byte, encodeText(page, text)[0]]).toEqual([byte, byte]);
    }
  });

  it.each([
    ['cp932', '東京ｱ～', '938c8b9eb18160'],
    ['cp936', '北京鸭€', 'b1b1beA9d1bc80'],
    ['cp949', '서울똠', 'bcadbfef8c63'],
    ['cp950', '臺北', 'bb4fa55f'],
    ['cp437', 'É█', '90db'],
    ['cp850', 'Ø', '9d'],
    ['cp1252', '€\u0081', '8081'],
  ] as const)('%s: %s has the bytes of Windows', (page, text, bytes) => {
    expect(encodeText(page, text).toString('hex')).toBe(bytes.toLowerCase());
    expect(decodeText(page, Buffer.from(bytes, 'hex'), 0, bytes.length / 2)).toBe(text);
  });

  it('that is none is refused', () => {
    expect(isDecodable('cp65000')).toBe(false);
    expect(() => decodeText('cp65000', Buffer.from('a'), 0, 1)).toThrow(
      expect.objectContaining({ code: 'TDS_TYPE_UNSUPPORTED' }),
    );
  });
});
