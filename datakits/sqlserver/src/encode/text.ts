// Character data → UTF-8. PostgreSQL's text holds every Unicode scalar value but U+0000, so a NUL character and a lone
// surrogate are refused here, before they reach the COPY stream, where they would end the whole load without a name.
import { isUtf8 } from 'node:buffer';
import { COPY_BUFFER_BYTES, type CopyBuffer, putInt32 } from '../copy/copy-buffer.ts';
import { encodeBytes } from './binary.ts';
import { type CellEncoder, RefusedValue, refuseMalformed } from './cell-encoder.ts';

const FIX =
  'Correct the row at the source, set `characters: strip` or `replace` for the column, or put such rows aside with --bad-rows quarantine.';

/** UTF-16LE → text. A code unit takes at most three bytes of UTF-8, so most values fit the buffer without a second pass. */
export const encodeUtf16: CellEncoder = (cell, offset, length, out) => {
  if (length % 2 !== 0) throw refuseMalformed(`${length} bytes of UTF-16`);
  if (4 + (length >> 1) * 3 > COPY_BUFFER_BYTES) return encodeLongUtf16(cell, offset, length, out);
  const start = out.reserve(4 + (length >> 1) * 3);
  const end = putUtf8(cell, { from: offset, to: offset + length }, out.bytes, start + 4);
  putInt32(out.bytes, start, end - start - 4);
  out.position = end;
};

/** xml → text; SQL Server may begin it with a byte order mark, which is no part of the value. */
export const encodeXml: CellEncoder = (cell, offset, length, out) => {
  const marked = length >= 2 && cell[offset] === 0xff && cell[offset + 1] === 0xfe;
  if (marked) encodeUtf16(cell, offset + 2, length - 2, out);
  else encodeUtf16(cell, offset, length, out);
};

/** varchar of a UTF-8 collation → text. */
export const encodeUtf8: CellEncoder = (cell, offset, length, out) => {
  const end = offset + length;
  const nul = cell.indexOf(0, offset);
  if (nul !== -1 && nul < end) throw refuseNul();
  if (!isUtf8(cell.subarray(offset, end))) {
    throw refuseMalformed('no valid UTF-8');
  }
  encodeBytes(cell, offset, length, out);
};

// Code points of the bytes 0x80 to 0x9F in Windows-1252; the five undefined ones map to C1 controls, as SQL Server does.
const CP1252_HIGH = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
  0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
] as const;

/** varchar of a Windows-1252 collation → text. */
export const encodeCp1252: CellEncoder = (cell, offset, length, out) => {
  if (4 + length * 3 > COPY_BUFFER_BYTES) return encodeUtf16Copy(widenCp1252(cell, offset, length), out);
  const start = out.reserve(4 + length * 3);
  const { bytes } = out;
  let at = start + 4;
  for (let i = offset; i < offset + length; i++) {
    const byte = cell[i] ?? 0;
    if (byte === 0) throw refuseNul();
    if (byte < 0x80) bytes[at++] = byte;
    else at = putShort(bytes, at, toCp1252(byte));
  }
  putInt32(bytes, start, at - start - 4);
  out.position = at;
};

function toCp1252(byte: number): number {
  return byte < 0xa0 ? (CP1252_HIGH[byte - 0x80] ?? byte) : byte;
}

function widenCp1252(cell: Buffer, offset: number, length: number): Buffer {
  const wide = Buffer.allocUnsafe(length * 2);
  for (let i = 0; i < length; i++) wide.writeUInt16LE(toCp1252Any(cell[offset + i] ?? 0), i * 2);
  return wide;
}

function toCp1252Any(byte: number): number {
  return byte < 0x80 ? byte : toCp1252(byte);
}

function encodeUtf16Copy(wide: Buffer, out: CopyBuffer): void {
  encodeLongUtf16(wide, 0, wide.length, out);
}

// Code units written at once; three bytes of UTF-8 each fit a buffer with room to spare.
const UNITS_AT_ONCE = 64 * 1024;

// A value of more than 85,000 characters is measured first and then written piece by piece, so that it takes no second
// copy; how long it may be is the limit of a cell.
function encodeLongUtf16(cell: Buffer, offset: number, length: number, out: CopyBuffer): void {
  const end = offset + length;
  out.writeInt32(countUtf8(cell, offset, end));
  for (let from = offset; from < end; ) {
    const to = findPieceEnd(cell, from, end);
    const start = out.reserve(((to - from) >> 1) * 3);
    out.position = putUtf8(cell, { from, to }, out.bytes, start);
    from = to;
  }
}

// Never between the halves of a pair.
function findPieceEnd(cell: Buffer, from: number, end: number): number {
  const to = from + UNITS_AT_ONCE * 2;
  if (to >= end) return end;
  return (cell.readUInt16LE(to - 2) & 0xfc00) === 0xd800 ? to - 2 : to;
}

/** Bytes of the UTF-16LE range as UTF-8. Refuses what PostgreSQL's text can't hold. */
export function countUtf8(cell: Buffer, from: number, end: number): number {
  let bytes = 0;
  for (let i = from; i < end; i += 2) {
    const unit = cell.readUInt16LE(i);
    if (unit === 0) throw refuseNul();
    if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if ((unit & 0xf800) !== 0xd800) bytes += 3;
    else {
      i += 2;
      checkPair(unit, readUnit(cell, i, end));
      bytes += 4;
    }
  }
  return bytes;
}

/** Writes the UTF-16LE range as UTF-8 from `at` and gives the position behind it. */
export function putUtf8(cell: Buffer, range: { from: number; to: number }, bytes: Buffer, at: number): number {
  let target = at;
  for (let i = range.from; i < range.to; i += 2) {
    const unit = (cell[i] ?? 0) | ((cell[i + 1] ?? 0) << 8);
    if (unit < 0x80) {
      if (unit === 0) throw refuseNul();
      bytes[target++] = unit;
    } else if ((unit & 0xf800) !== 0xd800) {
      target = putShort(bytes, target, unit);
    } else {
      i += 2;
      target = putPair(bytes, target, unit, readUnit(cell, i, range.to));
    }
  }
  return target;
}

function readUnit(cell: Buffer, at: number, end: number): number {
  return at < end ? cell.readUInt16LE(at) : 0;
}

/** A code point from U+0080 to U+FFFF. */
function putShort(bytes: Buffer, at: number, point: number): number {
  if (point < 0x800) {
    bytes[at] = 0xc0 | (point >> 6);
    bytes[at + 1] = 0x80 | (point & 0x3f);
    return at + 2;
  }
  bytes[at] = 0xe0 | (point >> 12);
  bytes[at + 1] = 0x80 | ((point >> 6) & 0x3f);
  bytes[at + 2] = 0x80 | (point & 0x3f);
  return at + 3;
}

function checkPair(high: number, low: number): void {
  if (high > 0xdbff || low < 0xdc00 || low > 0xdfff) throw refuseSurrogate(high);
}

function putPair(bytes: Buffer, at: number, high: number, low: number): number {
  checkPair(high, low);
  const point = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
  bytes[at] = 0xf0 | (point >> 18);
  bytes[at + 1] = 0x80 | ((point >> 12) & 0x3f);
  bytes[at + 2] = 0x80 | ((point >> 6) & 0x3f);
  bytes[at + 3] = 0x80 | (point & 0x3f);
  return at + 4;
}

function refuseNul(): RefusedValue {
  return new RefusedValue('VALUE_NUL_CHARACTER', 'the text holds a NUL character, which PostgreSQL text cannot', FIX);
}

function refuseSurrogate(unit: number): RefusedValue {
  const name = `0x${unit.toString(16).toUpperCase()}`;
  return new RefusedValue('VALUE_LONE_SURROGATE', `the text holds half a character (lone surrogate ${name})`, FIX);
}
