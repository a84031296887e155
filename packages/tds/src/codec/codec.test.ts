// Byte examples: section 4 of MS-TDS for messages, values worked out from section 2.2.5.5 for cells.
import { describe, expect, it } from 'vitest';
import type { TdsTypeName } from '../tds-column.ts';
import type { TypeInfo } from './base-types.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { toEncoding } from './collation.ts';
import { decodeCell } from './decode-cell.ts';
import { writeCell } from './encode-cell.ts';
import { decodeLogin7, encodeLogin7, TDS_VERSION_7_4 } from './login7.ts';
import { PACKET_HEADER_BYTES, PacketSplitter, PacketType, toPackets } from './packet.ts';
import { decodePrelogin, encodePrelogin } from './prelogin.ts';
import { decodeSqlBatch, encodeSqlBatch } from './requests.ts';
import { RowScanner } from './row-scanner.ts';
import { readColumnMetadata, readDone, Token } from './tokens.ts';
import { readTypeInfo, writeTypeInfo } from './type-info.ts';
import { readVariant } from './variant.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

function info(type: TdsTypeName, maxLength: number | null, precision = 0, scale = 0): TypeInfo {
  const encoding = type.startsWith('n') && type !== 'numeric' ? 'utf16le' : type.endsWith('char') ? 'cp1252' : 'binary';
  return { type, maxLength, precision, scale, encoding };
}

function encode(type: TypeInfo, value: Parameters<typeof writeCell>[2]): Buffer {
  const writer = new ByteWriter();
  const wire = writeTypeInfo(new ByteWriter(), type, true);
  writeCell(writer, wire, value);
  return writer.take();
}

describe('messages of the specification', () => {
  it('reads the pre-login request of MS-TDS 4.1', () => {
    const packet = hex(
      '12 01 00 2F 00 00 01 00 00 00 1A 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 04 04 00 26 00 01 FF 09 00 00 00 00 00 01 00 B8 0D 00 00 01',
    );
    const prelogin = decodePrelogin(packet.subarray(PACKET_HEADER_BYTES));
    expect(prelogin).toEqual({ version: [9, 0, 0, 0], encryption: 1 });
  });

  it('writes a pre-login with the option layout of MS-TDS 4.1', () => {
    const message = encodePrelogin({ version: [9, 0, 0, 0], encryption: 1 });
    expect(toPackets(PacketType.prelogin, message, 4096).toString('hex')).toBe(
      hex(
        '12 01 00 2F 00 00 01 00 00 00 1A 00 06 01 00 20 00 01 02 00 21 00 01 03 00 22 00 04 04 00 26 00 01 FF 09 00 00 00 00 00 01 00 00 00 00 00 00',
      ).toString('hex'),
    );
  });

  it('reads the login request of MS-TDS 4.2', () => {
    const login = decodeLogin7(
      hex(
        `88 00 00 00 02 00 09 72 00 10 00 00 00 00 00 07 00 01 00 00 00 00 00 00 E0 03 00 00 00 00 00 00 00 00 00 00
         5E 00 08 00 6E 00 02 00 72 00 00 00 72 00 07 00 80 00 00 00 80 00 00 00 80 00 04 00 88 00 00 00 88 00 00 00
         00 50 8B E2 B7 8F 88 00 00 00 88 00 00 00 88 00 00 00 00 00 00 00 73 00 6B 00 6F 00 73 00 74 00 6F 00 76 00
         31 00 73 00 61 00 4F 00 53 00 51 00 4C 00 2D 00 33 00 32 00 4F 00 44 00 42 00 43 00`,
      ),
    );
    expect(login).toMatchObject({ hostName: 'skostov1', username: 'sa', password: '', appName: 'OSQL-32' });
    expect(login).toMatchObject({ packetSize: 4096, tdsVersion: 0x72090002 });
  });

  it('obscures the password as MS-TDS 2.2.6.4 says: nibbles swapped, flipped by A5', () => {
    const login = {
      tdsVersion: TDS_VERSION_7_4,
      packetSize: 8192,
      hostName: 'h',
      username: 'u',
      password: 'aé東',
      appName: 'app',
      serverName: 's',
      database: 'd',
    };
    const message = encodeLogin7(login);
    expect(message.includes(Buffer.from('B3 A5'.replaceAll(' ', ''), 'hex'))).toBe(true);
    expect(decodeLogin7(message)).toEqual(login);
  });

  it('reads the SQL batch response of MS-TDS 4.7', () => {
    const packet = hex(
      '04 01 00 33 00 00 01 00 81 01 00 00 00 00 00 20 00 A7 03 00 09 04 D0 00 34 03 62 00 61 00 72 00 D1 03 00 66 6F 6F FD 10 00 C1 00 01 00 00 00 00 00 00 00',
    );
    const reader = new ByteReader(packet, PACKET_HEADER_BYTES);
    expect(reader.u8()).toBe(Token.columnMetadata);
    const [metadata] = readColumnMetadata(reader) ?? [];
    expect(metadata?.column).toEqual({
      name: 'bar',
      type: 'varchar',
      maxLength: 3,
      precision: 0,
      scale: 0,
      nullable: false,
      encoding: 'cp1252',
    });
    expect(reader.u8()).toBe(Token.row);
    const scanner = new RowScanner(metadata ? [metadata.wire] : [], 1000);
    const next = scanner.scanRow(packet, reader.position, packet.length);
    expect(packet.toString('latin1', scanner.offsets[0], (scanner.offsets[0] ?? 0) + (scanner.lengths[0] ?? 0))).toBe(
      'foo',
    );
    reader.position = next;
    expect(reader.u8()).toBe(Token.done);
    expect(readDone(reader)).toEqual({ status: 0x10, rowCount: 1n });
  });

  it('writes a SQL batch with the ALL_HEADERS of MS-TDS 2.2.5.3', () => {
    const message = encodeSqlBatch('\nselect');
    expect(message.subarray(0, 24).toString('hex')).toBe(
      hex('16 00 00 00 12 00 00 00 02 00 00 00 00 00 00 00 00 00 01 00 00 00 0A 00').toString('hex'),
    );
    expect(decodeSqlBatch(message)).toBe('\nselect');
  });
});

describe('cells', () => {
  it.each([
    ['decimal(5,2)', info('decimal', 5, 5, 2), '123.45', '05 01 39300000'],
    ['negative decimal', info('decimal', 5, 9, 4), '-0.0001', '05 00 01000000'],
    [
      'decimal(38,0)',
      info('decimal', 17, 38, 0),
      '12345678901234567890123456789012345678',
      '11 01 4ef338de509049c4133302f0f6b04909',
    ],
    ['money', info('money', 8), '-123.4567', '08 ffffffff 7929edff'],
    ['smallmoney', info('smallmoney', 4), '1.0000', '04 10270000'],
    ['datetime2(7)', info('datetime2', 8, 0, 7), '2024-01-02 03:04:05.1234567', '08 071768b719 46460b'],
    ['datetime', info('datetime', 8), '2000-02-29 23:59:59.997', '08 e78e0000 ff818b01'],
    ['smalldatetime', info('smalldatetime', 4), '1900-01-02 00:01:00', '04 0100 0100'],
    ['date', info('date', 3), '1815-12-10', '03 6c1d0a'],
    ['datetimeoffset(3)', info('datetimeoffset', 9, 0, 3), '2024-06-30 23:59:59.999 +02:00', '09 ff7eb804 fa460b 7800'],
    [
      'uniqueidentifier',
      info('uniqueidentifier', 16),
      '6F9619FF-8B86-D011-B42D-00C04FC964FF',
      '10 ff19966f868b11d0b42d00c04fc964ff',
    ],
    ['bigint', info('bigint', 8), -2n, '08 feffffffffffffff'],
    ['bit', info('bit', 1), true, '01 01'],
    ['real', info('real', 4), 1.5, '04 0000c03f'],
    ['nvarchar', info('nvarchar', 20), 'é', '0200 e900'],
    ['varchar', info('varchar', 20), '€', '0100 80'],
    ['empty varbinary', info('varbinary', 20), Buffer.alloc(0), '0000'],
    ['null', info('varchar', 20), null, 'ffff'],
    ['varchar(max)', info('varchar', null), 'ab', 'feffffffffffffff 02000000 6162 00000000'],
    ['null max', info('varchar', null), null, 'ffffffffffffffff'],
  ])('%s has one form on the wire', (_name, type, value, bytes) => {
    const written = encode(type, value);
    expect(written.toString('hex')).toBe(hex(bytes).toString('hex'));
    const scanner = new RowScanner([writeTypeInfo(new ByteWriter(), type, true)], 1000);
    expect(scanner.scanRow(written, 0, written.length)).toBe(written.length);
    expect(decodeCell(type, written, scanner.offsets[0] ?? 0, scanner.lengths[0] ?? 0)).toEqual(value);
  });

  it('joins the chunks of a max value and accepts a known total', () => {
    const bytes = hex('05 00000000000000 02000000 6162 03000000 636465 00000000 ff');
    const scanner = new RowScanner([writeTypeInfo(new ByteWriter(), info('varchar', null), true)], 1000);
    expect(scanner.scanRow(bytes, 0, bytes.length)).toBe(bytes.length - 1);
    expect(bytes.toString('latin1', scanner.offsets[0], (scanner.offsets[0] ?? 0) + 5)).toBe('abcde');
  });

  it('reads a sql_variant with the type it holds', () => {
    const reader = new ByteReader(hex('62 491f0000'));
    const wire = readTypeInfo(reader);
    const bytes = hex('06000000 38 00 2a000000');
    const scanner = new RowScanner([wire], 1000);
    expect(scanner.scanRow(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(decodeCell(wire.info, bytes, 4, 6)).toBe(42);
    expect(readVariant(bytes, 4, 6)).toMatchObject({ type: { type: 'int' }, offset: 6, length: 4 });
  });

  it('refuses a value that does not fit', () => {
    expect(() => encode(info('tinyint', 1), 256)).toThrow(expect.objectContaining({ code: 'TDS_VALUE_INVALID' }));
    expect(() => encode(info('decimal', 5, 5, 2), '1000')).toThrow(
      expect.objectContaining({ code: 'TDS_VALUE_INVALID' }),
    );
    expect(() => encode(info('date', 3), '2023-02-29')).toThrow(expect.objectContaining({ code: 'TDS_VALUE_INVALID' }));
  });
});

describe('row bitmaps', () => {
  it('gives NULL for each set bit of an NBCROW and reads the rest', () => {
    const wires = Array.from({ length: 9 }, () => writeTypeInfo(new ByteWriter(), info('tinyint', 1), true));
    const bytes = hex('fd 00 01 07 01 09');
    const scanner = new RowScanner(wires, 1000);
    expect(scanner.scanNbcRow(bytes, 0, bytes.length)).toBe(bytes.length);
    expect([...scanner.lengths]).toEqual([-1, 1, -1, -1, -1, -1, -1, -1, 1]);
    expect([bytes[scanner.offsets[1] ?? 0], bytes[scanner.offsets[8] ?? 0]]).toEqual([7, 9]);
  });
});

describe('collations', () => {
  it.each([
    ['SQL_Latin1_General_CP1_CI_AS', '09 04 d0 00 34', 'cp1252'],
    ['Latin1_General_100_CI_AS_SC_UTF8', '09 04 00 26 00', 'utf8'],
    ['Japanese_CI_AS', '11 04 d0 00 00', 'cp932'],
    ['Cyrillic_General_CI_AS', '19 04 d0 00 00', 'cp1251'],
    ['Chinese_PRC_CI_AS', '04 08 d0 00 00', 'cp936'],
  ])('%s', (_name, bytes, encoding) => {
    expect(toEncoding(hex(bytes))).toBe(encoding);
  });
});

describe('packets', () => {
  it('are found again however the stream is cut', () => {
    const message = Buffer.from(Array.from({ length: 3000 }, (_, index) => index & 0xff));
    const stream = toPackets(PacketType.response, message, 512);
    const seen: Buffer[] = [];
    let messages = 0;
    const splitter = new PacketSplitter({
      packetStart: (type) => expect(type).toBe(PacketType.response),
      payload: (chunk, start, end) => seen.push(Buffer.from(chunk.subarray(start, end))),
      packetEnd: (isLast) => {
        messages += Number(isLast);
      },
    });
    for (let start = 0; start < stream.length; start += 7) {
      const piece = stream.subarray(start, start + 7);
      for (let at = 0; at < piece.length; ) at = splitter.feed(piece, at, piece.length);
    }
    expect(Buffer.concat(seen).equals(message)).toBe(true);
    expect(messages).toBe(1);
  });
});
