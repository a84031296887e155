// Bytes that nobody here made: the examples of MS-TDS, section 4, and what tedious 20.3.9 and FreeTDS 1.3.17 (bsqldb) send.
// Reader and mock share the codec; these keep them from agreeing on an error.
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../reader/byte-queue.ts';
import { ResponseParser } from '../reader/response-parser.ts';
import type { CellValue, TdsColumn } from '../tds-column.ts';
import { ByteReader } from './byte-reader.ts';
import { decodeCell } from './decode-cell.ts';
import { decodeLogin7, encodeLogin7, Feature, readLoginFeatures, TDS_VERSION_7_4 } from './login7.ts';
import { PACKET_HEADER_BYTES, PacketType, toPackets } from './packet.ts';
import { decodePrelogin } from './prelogin.ts';
import { decodeRpc, decodeSqlBatch, encodeExecuteSql, skipAllHeaders } from './requests.ts';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');
/** The message in a single packet. */
const messageOf = (packet: Buffer): Buffer => packet.subarray(PACKET_HEADER_BYTES);

/** Everything a response consists of, in order. */
function readResponse(packet: Buffer): unknown[] {
  const events: unknown[] = [];
  let columns: readonly TdsColumn[] = [];
  const parser = new ResponseParser(
    {
      columns: (found) => {
        columns = found;
        events.push(['columns', ...found.map(({ name, type }) => `${name} ${type}`)]);
      },
      row: ({ buffer, offsets, lengths }) => {
        const cells = columns.map(
          (column, index): CellValue => decodeCell(column, buffer, offsets[index] ?? 0, lengths[index] ?? -1),
        );
        events.push(['row', ...cells]);
      },
      error: ({ number, text }) => events.push(['error', number, text]),
      info: ({ number, text }) => events.push(['info', number, text]),
      done: ({ status, rowCount }) => events.push(['done', status, rowCount]),
      loginAck: (version) => events.push(['login', version]),
      packetSize: (bytes) => events.push(['packets', bytes]),
      routed: () => undefined,
    },
    1000,
  );
  const queue = new ByteQueue();
  queue.append(packet, PACKET_HEADER_BYTES, packet.length);
  parser.parse(queue, true);
  return events;
}

describe('examples of the specification', () => {
  it('4.4: a login response', () => {
    const packet = hex(`04 01 01 61 00 00 01 00 E3 1B 00 01 06 6D 00 61 00 73 00 74 00 65 00 72 00 06 6D 00 61 00 73 00
      74 00 65 00 72 00 AB 58 00 45 16 00 00 02 00 25 00 43 00 68 00 61 00 6E 00 67 00 65 00 64 00 20
      00 64 00 61 00 74 00 61 00 62 00 61 00 73 00 65 00 20 00 63 00 6F 00 6E 00 74 00 65 00 78 00 74
      00 20 00 74 00 6F 00 20 00 27 00 6D 00 61 00 73 00 74 00 65 00 72 00 27 00 2E 00 00 00 00 00 00
      00 E3 08 00 07 05 09 04 D0 00 34 00 E3 17 00 02 0A 75 00 73 00 5F 00 65 00 6E 00 67 00 6C 00 69
      00 73 00 68 00 00 E3 13 00 04 04 34 00 30 00 39 00 36 00 04 34 00 30 00 39 00 36 00 AB 5C 00 47
      16 00 00 01 00 27 00 43 00 68 00 61 00 6E 00 67 00 65 00 64 00 20 00 6C 00 61 00 6E 00 67 00 75
      00 61 00 67 00 65 00 20 00 73 00 65 00 74 00 74 00 69 00 6E 00 67 00 20 00 74 00 6F 00 20 00 75
      00 73 00 5F 00 65 00 6E 00 67 00 6C 00 69 00 73 00 68 00 2E 00 00 00 00 00 00 00 AD 36 00 01 72
      09 00 02 16 4D 00 69 00 63 00 72 00 6F 00 73 00 6F 00 66 00 74 00 20 00 53 00 51 00 4C 00 20 00
      53 00 65 00 72 00 76 00 65 00 72 00 00 00 00 00 00 00 00 00 FD 00 00 00 00 00 00 00 00 00 00 00 00`);
    expect(packet).toHaveLength(0x161);
    expect(readResponse(packet)).toEqual([
      ['info', 5701, "Changed database context to 'master'."],
      ['packets', 4096],
      ['info', 5703, 'Changed language setting to us_english.'],
      ['login', '0.0.0'],
      ['done', 0, 0n],
    ]);
  });

  it('4.7: the response to a batch', () => {
    const packet = hex(`04 01 00 33 00 00 01 00 81 01 00 00 00 00 00 20 00 A7 03 00 09 04 D0 00 34 03 62 00 61 00 72 00
      D1 03 00 66 6F 6F FD 10 00 C1 00 01 00 00 00 00 00 00 00`);
    expect(readResponse(packet)).toEqual([
      ['columns', 'bar varchar'],
      ['row', 'foo'],
      ['done', 0x10, 1n],
    ]);
  });

  it('4.8: a call of a procedure by name, its parameter a default', () => {
    const packet = hex(`03 01 00 2F 00 00 01 00 16 00 00 00 12 00 00 00 02 00 00 00 00 00 00 00 00 01 00 00 00 00 04 00
      66 00 6F 00 6F 00 33 00 00 00 00 02 26 02 00`);
    expect(decodeRpc(messageOf(packet))).toMatchObject({
      procedure: 'foo3',
      parameters: [{ name: '', isOutput: false, type: { type: 'smallint' }, value: null }],
    });
  });

  it('4.9: the response to a call', () => {
    const packet = hex(`04 01 00 27 00 00 01 00 FF 11 00 C1 00 01 00 00 00 00 00 00 00 79 00 00 00 00 FE 00 00 E0 00 00
      00 00 00 00 00 00 00`);
    expect(readResponse(packet)).toEqual([
      ['done', 0x11, 1n],
      ['done', 0, 0n],
    ]);
  });

  it('4.10: an attention', () => {
    expect(toPackets(PacketType.attention, Buffer.alloc(0), 4096)).toEqual(hex('06 01 00 08 00 00 01 00'));
  });

  it('4.13: a transaction request behind its headers', () => {
    const packet = hex(
      '0E 01 00 20 00 00 01 00 16 00 00 00 12 00 00 00 02 00 00 00 00 00 00 00 00 01 00 00 00 00 16 00',
    );
    const reader = new ByteReader(messageOf(packet));
    skipAllHeaders(reader);
    expect(reader.u16()).toBe(0x16);
    expect(reader.position).toBe(reader.end);
  });

  it('4.15: sparse columns: xml of unknown length, rows with a bitmap of NULLs', () => {
    const packet =
      hex(`04 01 01 B9 00 00 01 00 81 02 00 00 00 00 00 09 00 26 04 02 69 00 64 00 00 00 00 00 0B 04 F1 00 11 73
      00 70 00 61 00 72 00 73 00 65 00 50 00 72 00 6F 00 70 00 65 00 72 00 74 00 79 00 53 00 65 00 74 00 D1
      04 01 00 00 00 FE FF FF FF FF FF FF FF 7A 00 00 00 3C 00 73 00 70 00 61 00 72 00 73 00 65 00 50 00 72
      00 6F 00 70 00 31 00 3E 00 31 00 30 00 30 00 30 00 3C 00 2F 00 73 00 70 00 61 00 72 00 73 00 65 00 50
      00 72 00 6F 00 70 00 31 00 3E 00 3C 00 73 00 70 00 61 00 72 00 73 00 65 00 50 00 72 00 6F 00 70 00 32
      00 3E 00 66 00 6F 00 6F 00 3C 00 2F 00 73 00 70 00 61 00 72 00 73 00 65 00 50 00 72 00 6F 00 70 00 32
      00 3E 00 00 00 00 00 D1 04 02 00 00 00 FE FF FF FF FF FF FF FF 3E 00 00 00 3C 00 73 00 70 00 61 00 72
      00 73 00 65 00 50 00 72 00 6F 00 70 00 31 00 3E 00 31 00 30 00 30 00 30 00 3C 00 2F 00 73 00 70 00 61
      00 72 00 73 00 65 00 50 00 72 00 6F 00 70 00 31 00 3E 00 00 00 00 00 D1 04 03 00 00 00 FE FF FF
      FF FF FF FF FF 3E 00 00 00 3C 00 73 00 70 00 61 00 72 00 73 00 65 00 50 00 72 00 6F 00 70 00 32
      00 3E 00 61 00 62 00 63 00 64 00 3C 00 2F 00 73 00 70 00 61 00 72 00 73 00 65 00 50 00 72 00 6F
      00 70 00 32 00 3E 00 00 00 00 00 D2 02 04 04 00 00 00 D2 02 04 05 00 00 00 D2 02 04 06 00 00 00
      D2 02 04 07 00 00 00 D2 02 04 08 00 00 00 D2 02 04 09 00 00 00 D2 02 04 0A 00 00 00 FD 10 00 C1
      00 0A 00 00 00 00 00 00 00`);
    expect(packet).toHaveLength(0x1b9);
    expect(readResponse(packet)).toEqual([
      ['columns', 'id int', 'sparsePropertySet xml'],
      ['row', 1, '<sparseProp1>1000</sparseProp1><sparseProp2>foo</sparseProp2>'],
      ['row', 2, '<sparseProp1>1000</sparseProp1>'],
      ['row', 3, '<sparseProp2>abcd</sparseProp2>'],
      ...[4, 5, 6, 7, 8, 9, 10].map((id) => ['row', id, null]),
      ['done', 0x10, 10n],
    ]);
  });
});

describe('what tedious sends', () => {
  it('PRELOGIN', () => {
    const packet =
      hex(`1201005e00000100000024000601002a000102002b000103002c0004040030000105003100240600550001ff1403000900
      0002000000000000ef1501028601c01f16f19114946774a1b3a29fccafc6615642e0757c6944dd23afffb61f01`);
    expect(decodePrelogin(messageOf(packet))).toEqual({ version: [20, 3, 9, 0], encryption: 2 });
  });

  it('LOGIN7', () => {
    const packet =
      hex(`100100f700000100ef000000040000740010000000000000425d000000000000f000001800000000090400005e0006006a
      00060076000d009000030096000900a8000400ac000700ba000a00ce000d00010203040506e8000000e8000000e80000000000000063006c0069
      0065006e00740072006500610064006500720080a5f3a5b3a5e3a5f3a582a577a573a553a593a513a577a5b6a5610070007000310032003700
      2e0030002e0030002e003100e800000054006500640069006f0075007300750073005f0065006e0067006c00690073006800540065007300
      7400570061007200650068006f007500730065000a0100000001ff`);
    expect(decodeLogin7(messageOf(packet))).toEqual({
      tdsVersion: 0x7400_0004,
      packetSize: 4096,
      hostName: 'client',
      username: 'reader',
      password: 'Reader-mock-1',
      appName: 'app',
      serverName: '127.0.0.1',
      database: 'TestWarehouse',
    });
    expect([...readLoginFeatures(messageOf(packet))]).toEqual([Feature.utf8Support]);
  });

  it('sp_executesql with parameters', () => {
    const packet =
      hex(`030100d70000010016000000120000000200000000000000000001000000ffff0a0000000a4000730074006100740065006d
      0065006e00740000e72e000904d000342e00730065006c00650063007400200040007000200061007300200070002c002000400071002000
      610073002000710007400070006100720061006d00730000e72c000904d000342c0040007000200069006e0074002c00200040007100200
      06e0076006100720063006800610072002800310029000240007000002604042a000000024000710000e702000904d000340200e900`);
    const { procedure, parameters } = decodeRpc(messageOf(packet));
    expect(procedure).toBe('sp_executesql');
    expect(parameters.map(({ name, value }) => [name, value])).toEqual([
      ['@statement', 'select @p as p, @q as q'],
      ['@params', '@p int, @q nvarchar(1)'],
      ['@p', 42],
      ['@q', 'é'],
    ]);
    // Ours carries the same parameters; it only leaves out the names of the first two and sends them as max types.
    const own = decodeRpc(
      encodeExecuteSql('select @p as p, @q as q', [
        { name: '@p', type: 'int', value: 42 },
        { name: '@q', type: 'nvarchar(1)', value: 'é' },
      ]),
    );
    expect(own.parameters.map(({ value }) => value)).toEqual(parameters.map(({ value }) => value));
    expect(own.parameters.slice(2)).toEqual(parameters.slice(2));
  });
});

describe('our LOGIN7', () => {
  it('asks for UTF-8 as tedious and FreeTDS do, by the same bytes at its end', () => {
    const names = { hostName: 'h', username: 'u', password: 'p', appName: 'a', serverName: 's', database: 'd' };
    const message = encodeLogin7({ ...names, tdsVersion: TDS_VERSION_7_4, packetSize: 8192 });
    expect(message.readUInt32LE(0)).toBe(message.length);
    expect(message.subarray(-7)).toEqual(hex('0a01000000 01 ff'));
    expect(message.readUInt32LE(message.readUInt16LE(56))).toBe(message.length - 7);
    expect([...readLoginFeatures(message)]).toEqual([Feature.utf8Support]);
    const withToken = encodeLogin7({
      ...names,
      tdsVersion: TDS_VERSION_7_4,
      packetSize: 8192,
      sspi: Buffer.from('token'),
    });
    expect(decodeLogin7(withToken).sspi?.toString()).toBe('token');
    expect([...readLoginFeatures(withToken)]).toEqual([Feature.utf8Support]);
  });
});

describe('what FreeTDS sends', () => {
  it('PRELOGIN', () => {
    const packet =
      hex(`1201003a0000000000001a00060100200001020021000c03002d00040400310001ff090000000000024d5353514c536572
      766572004a5d000000`);
    expect(decodePrelogin(messageOf(packet))).toEqual({ version: [9, 0, 0, 0], encryption: 2 });
  });

  it('LOGIN7', () => {
    const packet =
      hex(`100100f700000000ef00000004000074001000000683f2f84a5d000000000000e001001888ffffff360400005e0006006a
      00060076000d00900006009c000300a2000400a6000a00ba000a00ce000d0002fc00000001e8000000e8000000e80000000000000063006c0069
      0065006e00740072006500610064006500720080a5f3a5b3a5e3a5f3a582a577a573a553a593a513a577a5b6a56200730071006c0064006200
      630061007000e8000000440042002d004c00690062007200610072007900750073005f0065006e0067006c006900730068005400650073007
      400570061007200650068006f007500730065000a0100000001ff`);
    expect(decodeLogin7(messageOf(packet))).toMatchObject({
      hostName: 'client',
      username: 'reader',
      password: 'Reader-mock-1',
      appName: 'bsqldb',
      database: 'TestWarehouse',
    });
  });

  it('a batch', () => {
    const packet =
      hex(`0101003a0000010016000000120000000200000000000000000001000000730065006c0065006300740020003100200061
      00730020006e000a00`);
    expect(decodeSqlBatch(messageOf(packet))).toBe('select 1 as n\n');
  });
});
