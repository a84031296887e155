// decimal and money → numeric, exactly: the magnitude is cut into base-10000 digits with doubles that never leave the
// range of exact integers. Format: PostgreSQL src/backend/utils/adt/numeric.c, numeric_recv.
import { type CopyBuffer, putInt32 } from '../copy/copy-buffer.ts';
import { type CellEncoder, refuseMalformed } from './cell-encoder.ts';

const BASE = 10_000;
const WORD = 2 ** 32;
const NEGATIVE = 0x40;
/**
 * Below it a double holds every whole number, and the quotient by 10,000, below 2^37, lies further from the next whole number
 * (1 / BASE) than it can be wrong (2^-17): floor is exact. What comes out at or above it may be wrong, but not below it.
 */
const EXACT = 2 ** 50;

// 38 digits and up to three zeros to align the point: 41 digits, 137 bits, hence five words and at most 11 base digits.
const words = new Float64Array(5);
const digits = new Int32Array(12);

/** decimal and numeric of this scale. TDS: a sign byte (0 = negative), then 4, 8, 12 or 16 little-endian bytes. */
export function encodeDecimal(scale: number): CellEncoder {
  const factor = alignmentFactor(scale);
  return (cell, offset, length, out) => {
    const count = (length - 1) / 4;
    if (count < 1 || count > 4 || !Number.isInteger(count)) throw refuseMalformed(`${length} bytes`);
    for (let i = 0; i < count; i++) words[i] = cell.readUInt32LE(offset + 1 + i * 4);
    writeNumeric(count, factor, { scale, isNegative: cell[offset] === 0 }, out);
  };
}

/** money: 64 bits in ten-thousandths, the high word first. */
export const encodeMoney: CellEncoder = (cell, offset, length, out) => {
  if (length !== 8) throw refuseMalformed(`${length} bytes`);
  const high = cell.readInt32LE(offset);
  const low = cell.readUInt32LE(offset + 4);
  const isNegative = high < 0;
  words[0] = isNegative && low !== 0 ? WORD - low : low;
  words[1] = isNegative ? -high - (low === 0 ? 0 : 1) : high;
  writeNumeric(2, 1, { scale: 4, isNegative }, out);
};

/** smallmoney: 32 bits in ten-thousandths. */
export const encodeSmallmoney: CellEncoder = (cell, offset, length, out) => {
  if (length !== 4) throw refuseMalformed(`${length} bytes`);
  const value = cell.readInt32LE(offset);
  words[0] = Math.abs(value);
  writeNumeric(1, 1, { scale: 4, isNegative: value < 0 }, out);
};

// Base digits begin at the point, so the fraction is filled up to a multiple of four decimal digits.
function alignmentFactor(scale: number): number {
  return 10 ** ((4 - (scale % 4)) % 4);
}

/** Writes the magnitude in `words[0..count)` × `factor`; the words are used up. */
function writeNumeric(
  count: number,
  factor: number,
  shape: { scale: number; isNegative: boolean },
  out: CopyBuffer,
): void {
  const total = cutScaled(count, factor);
  let skipped = 0; // trailing zero digits are not stored
  while (skipped < total && digits[skipped] === 0) skipped++;
  const stored = total - skipped;
  const size = 8 + stored * 2;
  const at = out.reserve(4 + size);
  const { bytes } = out;
  const weight = stored === 0 ? 0 : total - 1 - Math.ceil(shape.scale / 4);
  putInt32(bytes, at, size);
  putInt32(bytes, at + 4, (stored << 16) | (weight & 0xffff));
  bytes[at + 8] = shape.isNegative && stored > 0 ? NEGATIVE : 0;
  bytes[at + 9] = 0;
  bytes[at + 10] = 0;
  bytes[at + 11] = shape.scale;
  for (let i = 0; i < stored; i++) {
    const digit = digits[total - 1 - i] ?? 0;
    bytes[at + 12 + i * 2] = digit >>> 8;
    bytes[at + 13 + i * 2] = digit;
  }
}

/** Fills `digits` with those of the magnitude × `factor`, and gives their number. */
function cutScaled(count: number, factor: number): number {
  // Nearly every amount fits one double; a third of the time of the words (a million rows with a decimal and a money).
  if (count <= 2) {
    const value = ((count === 2 ? (words[1] ?? 0) : 0) * WORD + (words[0] ?? 0)) * factor;
    if (value < EXACT) return cutDouble(value);
  }
  return cutDigits(factor === 1 ? count : multiply(count, factor));
}

/** The same for a whole number below `EXACT`. */
function cutDouble(value: number): number {
  let total = 0;
  for (let rest = value; rest > 0; ) {
    const quotient = Math.floor(rest / BASE);
    digits[total++] = rest - quotient * BASE;
    rest = quotient;
  }
  return total;
}

/** Multiplies `words` by at most 1,000; word × 1,000 + carry stays below 2^43. Gives the new count. */
function multiply(count: number, factor: number): number {
  let carry = 0;
  for (let i = 0; i < count; i++) {
    const product = (words[i] ?? 0) * factor + carry;
    carry = Math.floor(product / WORD);
    words[i] = product - carry * WORD;
  }
  if (carry === 0) return count;
  words[count] = carry;
  return count + 1;
}

/** Fills `digits`, least significant first, and gives their number; remainder × 2^32 + word stays below 2^46. */
function cutDigits(wordCount: number): number {
  let top = wordCount;
  let total = 0;
  for (;;) {
    while (top > 0 && words[top - 1] === 0) top--;
    if (top === 0) return total;
    digits[total++] = divideByBase(top);
  }
}

function divideByBase(top: number): number {
  let remainder = 0;
  for (let i = top - 1; i >= 0; i--) {
    const value = remainder * WORD + (words[i] ?? 0);
    // value < 2^46, so the quotient is below 2^33 and its rounding error far below 1 / BASE: floor is exact.
    const quotient = Math.floor(value / BASE);
    words[i] = quotient;
    remainder = value - quotient * BASE;
  }
  return remainder;
}
