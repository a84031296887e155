// A tar archive without its times: what is left is content, names, owners and modes, in the order of the archive. By block, without
// taking it apart, so that nothing else of what an engine wrote is lost.

const BLOCK = 512;
const TYPE = 156;
const MTIME = { start: 136, length: 12 } as const;
const CHECKSUM = { start: 148, length: 8 } as const;
const SIZE = { start: 124, length: 12 } as const;
/** Times of access and change in GNU's own form of a header. */
const GNU_TIMES = { start: 345, end: 369 } as const;

/** Times of all entries become the beginning of Unix time; records of times in PAX headers go. @throws Error when it is no tar archive */
export async function* normaliseArchive(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = createReader(source);
  let extendedSize: number | undefined;
  for (let header = await reader.read(BLOCK); header !== undefined; header = await reader.read(BLOCK)) {
    if (header.every((byte) => byte === 0)) {
      yield header;
      continue;
    }
    const size = extendedSize ?? parseSize(header);
    const isExtension = header[TYPE] === 'x'.charCodeAt(0);
    if (isExtension) {
      const records = parseRecords((await reader.read(padded(size)))?.subarray(0, size) ?? Buffer.alloc(0));
      const recordedSize = records.find(({ key }) => key === 'size')?.value;
      extendedSize = recordedSize === undefined ? undefined : Number(recordedSize);
      yield* formatExtension(
        header,
        records.filter(({ key }) => !TIMES.has(key)),
      );
      continue;
    }
    extendedSize = undefined;
    yield withoutTimes(header);
    yield* reader.pass(padded(size));
  }
}

const TIMES: ReadonlySet<string> = new Set(['mtime', 'atime', 'ctime', 'LIBARCHIVE.creationtime']);

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

/** Octal, or in large archives a big-endian number behind a set bit. */
function parseSize(header: Buffer): number {
  const field = header.subarray(SIZE.start, SIZE.start + SIZE.length);
  if (((field[0] ?? 0) & 0x80) !== 0) return Number(field.readBigUInt64BE(4));
  return Number.parseInt(field.toString('latin1').replaceAll('\0', '').trim() || '0', 8);
}

function withoutTimes(header: Buffer): Buffer {
  const copy = Buffer.from(header);
  copy.write('00000000000\0', MTIME.start, MTIME.length, 'latin1');
  const isGnu = copy.subarray(257, 265).toString('latin1') === 'ustar  \0';
  if (isGnu) copy.fill(0, GNU_TIMES.start, GNU_TIMES.end);
  return withChecksum(copy);
}

function withChecksum(header: Buffer): Buffer {
  header.fill(' ', CHECKSUM.start, CHECKSUM.start + CHECKSUM.length);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, CHECKSUM.start, CHECKSUM.length, 'latin1');
  return header;
}

interface PaxRecord {
  readonly key: string;
  readonly value: string;
  readonly bytes: Buffer;
}

/** `length key=value\n`, the length counting itself (POSIX pax, extended header). */
function parseRecords(data: Buffer): readonly PaxRecord[] {
  const records: PaxRecord[] = [];
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(data.subarray(at, data.indexOf(' ', at)).toString('latin1'), 10);
    if (!(length > 0)) throw new Error('a malformed extended header in the archive');
    const bytes = data.subarray(at, at + length);
    const text = bytes.subarray(bytes.indexOf(' ') + 1, -1);
    const sign = text.indexOf('=');
    records.push({
      key: text.subarray(0, sign).toString('utf8'),
      value: text.subarray(sign + 1).toString('latin1'),
      bytes,
    });
    at += length;
  }
  return records;
}

function formatExtension(header: Buffer, records: readonly PaxRecord[]): readonly Buffer[] {
  const data = Buffer.concat(records.map(({ bytes }) => bytes));
  if (data.length === 0) return [];
  const copy = Buffer.from(header);
  copy.write(`${data.length.toString(8).padStart(11, '0')}\0`, SIZE.start, SIZE.length, 'latin1');
  return [withoutTimes(copy), Buffer.concat([data, Buffer.alloc(padded(data.length) - data.length)])];
}

interface Reader {
  /** Exactly so many bytes; undefined at the end. */
  read(length: number): Promise<Buffer | undefined>;
  /** So many bytes as they come. */
  pass(length: number): AsyncGenerator<Buffer>;
}

function createReader(source: AsyncIterable<Buffer>): Reader {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  const fill = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (!done) held = held.length === 0 ? value : Buffer.concat([held, value]);
    return !done;
  };
  return {
    read: async (length) => {
      while (held.length < length) {
        if (await fill()) continue;
        if (held.length === 0) return undefined;
        throw new Error('the archive ends in the middle of an entry');
      }
      const bytes = held.subarray(0, length);
      held = held.subarray(length);
      return bytes;
    },
    pass: async function* (length) {
      for (let left = length; left > 0; ) {
        if (held.length === 0 && !(await fill())) throw new Error('the archive ends in the middle of an entry');
        const bytes = held.subarray(0, left);
        held = held.subarray(bytes.length);
        left -= bytes.length;
        yield bytes;
      }
    },
  };
}
