// Dates and times. PostgreSQL counts microseconds from 2000-01-01 in 64 bits, beyond a double's exact range, so they are
// kept as a high and a low 32-bit word: one day is 86,400,000,000 µs = 20 · 2^32 + 500,654,080.
import { type CopyBuffer, putInt32 } from '../copy/copy-buffer.ts';
import { type CellEncoder, RefusedValue, refuseMalformed } from './cell-encoder.ts';

const WORD = 2 ** 32;
const DAY_HIGH = 20;
const DAY_LOW = 500_654_080;

/** Days from 0001-01-01 (date, datetime2) and from 1900-01-01 (datetime) to 2000-01-01. */
const DAYS_FROM_YEAR_1 = 730_119;
const DAYS_FROM_1900 = 36_524;

const MICROSECONDS_PER_MINUTE = 60_000_000;
const MICROSECONDS_PER_DAY = 86_400_000_000;

/** 9999-12-31, counted from 0001-01-01: the last day of every T-SQL type. */
const LAST_DAY = 3_652_058;

/** Called for each value that loses its seventh digit. Without it such a value is refused. */
export type OnTruncated = () => void;

/** date → date. TDS: three bytes, days from 0001-01-01. */
export const encodeDate: CellEncoder = (cell, offset, length, out) => {
  if (length !== 3) throw refuseMalformed(`${length} bytes`);
  const at = out.reserve(8);
  putInt32(out.bytes, at, 4);
  putInt32(out.bytes, at + 4, readDays(cell, offset));
};

/** time(scale) → time. */
export function encodeTime(scale: number, onTruncated?: OnTruncated): CellEncoder {
  const toMicroseconds = timeReader(scale, onTruncated);
  return (cell, offset, length, out) => writeInt64(0, toMicroseconds(cell, offset, length), out);
}

/** datetime2(scale) → timestamp. TDS: the time, then three bytes of days. */
export function encodeDatetime2(scale: number, onTruncated?: OnTruncated): CellEncoder {
  const toMicroseconds = timeReader(scale, onTruncated);
  return (cell, offset, length, out) => {
    const days = readDays(cell, offset + length - 3);
    writeInt64(days, toMicroseconds(cell, offset, length - 3), out);
  };
}

/** datetimeoffset(scale) → timestamptz and the offset in minutes as smallint. TDS holds UTC; the offset comes last. */
export function encodeDatetimeoffset(scale: number, onTruncated?: OnTruncated): CellEncoder {
  const toMicroseconds = timeReader(scale, onTruncated);
  return (cell, offset, length, out) => {
    // West of Greenwich the last day's evening lies on the next day of UTC.
    const days = readDays(cell, offset + length - 5, LAST_DAY + 1);
    writeInt64(days, toMicroseconds(cell, offset, length - 5), out);
    const minutes = cell.readInt16LE(offset + length - 2);
    const at = out.reserve(6);
    putInt32(out.bytes, at, 2);
    out.bytes[at + 4] = minutes >>> 8;
    out.bytes[at + 5] = minutes;
  };
}

/** smalldatetime → timestamp. TDS: days from 1900-01-01 and minutes, 16 bits each. */
export const encodeSmalldatetime: CellEncoder = (cell, offset, length, out) => {
  if (length !== 4) throw refuseMalformed(`${length} bytes`);
  const days = cell.readUInt16LE(offset) - DAYS_FROM_1900;
  writeInt64(days, cell.readUInt16LE(offset + 2) * MICROSECONDS_PER_MINUTE, out);
};

/**
 * datetime → timestamp. TDS: days from 1900-01-01 and 1/300 seconds. The value SQL Server shows and documents ends in
 * .000, .003 or .007: ticks are rounded to milliseconds.
 */
export const encodeDatetime: CellEncoder = (cell, offset, length, out) => {
  if (length !== 8) throw refuseMalformed(`${length} bytes`);
  const days = cell.readInt32LE(offset) - DAYS_FROM_1900;
  const milliseconds = Math.round((cell.readUInt32LE(offset + 4) * 10) / 3);
  writeInt64(days, milliseconds * 1_000, out);
};

function writeInt64(days: number, microseconds: number, out: CopyBuffer): void {
  // |days| ≤ 2,921,940, so the low sum stays below 1.5e15 and is exact; so is its division by a power of two.
  const low = days * DAY_LOW + microseconds;
  const carry = Math.floor(low / WORD);
  const at = out.reserve(12);
  putInt32(out.bytes, at, 8);
  putInt32(out.bytes, at + 4, days * DAY_HIGH + carry);
  putInt32(out.bytes, at + 8, low - carry * WORD);
}

/** Days from 2000-01-01. */
function readDays(cell: Buffer, offset: number, lastDay = LAST_DAY): number {
  const days = cell.readUIntLE(offset, 3);
  if (days > lastDay) throw refuseMalformed(`day ${days}`);
  return days - DAYS_FROM_YEAR_1;
}

type TimeReader = (cell: Buffer, offset: number, length: number) => number;

/** Reads `length` bytes of 10^-scale seconds as microseconds. */
function timeReader(scale: number, onTruncated: OnTruncated | undefined): TimeReader {
  const size = scale < 3 ? 3 : scale < 5 ? 4 : 5;
  const divide = onTruncated ? truncateTicks(onTruncated) : divideTicks;
  const toMicroseconds = scale < 7 ? multiplyBy(10 ** (6 - scale)) : divide;
  return (cell, offset, length) => {
    if (length !== size) throw refuseMalformed(`${length} bytes of time`);
    const microseconds = toMicroseconds(cell.readUIntLE(offset, size));
    if (microseconds >= MICROSECONDS_PER_DAY) throw refuseMalformed('a time beyond 24 hours');
    return microseconds;
  };
}

function multiplyBy(factor: number): (units: number) => number {
  return (units) => units * factor;
}

function truncateTicks(onTruncated: OnTruncated): (ticks: number) => number {
  return (ticks) => {
    const digit = ticks % 10;
    if (digit !== 0) onTruncated();
    return (ticks - digit) / 10;
  };
}

function divideTicks(ticks: number): number {
  if (ticks % 10 !== 0) throw refuseSeventhDigit(ticks);
  return ticks / 10;
}

function refuseSeventhDigit(ticks: number): RefusedValue {
  const fraction = String(ticks % 10_000_000).padStart(7, '0');
  return new RefusedValue(
    'VALUE_PRECISION_LOST',
    `a second ends in .${fraction}, and PostgreSQL keeps six digits`,
    'Set `seventhDigit: truncate` (counted) or `text` for the column, or put such rows aside with --bad-rows quarantine.',
  );
}
