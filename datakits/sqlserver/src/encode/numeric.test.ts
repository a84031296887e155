import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CopyBuffer } from '../copy/copy-buffer.ts';
import { encodeDecimal } from './numeric.ts';

/** Where the way through one double ends, and where base digits begin: one more or less must not matter. */
const EDGES = [
  2n ** 50n,
  2n ** 53n,
  2n ** 32n,
  2n ** 64n,
  ...Array.from({ length: 9 }, (_, power) => 10n ** BigInt(power * 4)),
];
const magnitude = fc.oneof(
  fc
    .record({ edge: fc.constantFrom(...EDGES), factor: fc.constantFrom(1n, 10n, 100n, 1000n), by: fc.bigInt(-2n, 2n) })
    .map(({ edge, factor, by }) => edge / factor + by)
    .filter((value) => value >= 0n),
  fc.bigInt(0n, 10n ** 38n - 1n),
  fc.bigInt(0n, 2n ** 53n),
);

it('a decimal of any size and scale has the digits it had, on either side of what a double holds', () => {
  fc.assert(
    fc.property(magnitude, fc.integer({ min: 0, max: 38 }), fc.boolean(), (value, scale, isNegative) => {
      const signed = isNegative ? -value : value;
      expect(readNumeric(encode(signed, scale))).toEqual({ value: signed, scale });
    }),
    { numRuns: 5_000 },
  );
});

function encode(value: bigint, scale: number): Buffer {
  const magnitudeOf = value < 0n ? -value : value;
  const words = magnitudeOf < 2n ** 32n ? 1 : magnitudeOf < 2n ** 64n ? 2 : magnitudeOf < 2n ** 96n ? 3 : 4;
  const cell = Buffer.alloc(1 + words * 4);
  cell[0] = value < 0n ? 0 : 1;
  for (let word = 0; word < words; word++) {
    cell.writeUInt32LE(Number((magnitudeOf >> BigInt(word * 32)) & 0xffff_ffffn), 1 + word * 4);
  }
  const out = new CopyBuffer((full) => full);
  encodeDecimal(scale)(cell, 0, cell.length, out);
  return out.bytes.subarray(0, out.position);
}

/** The number back from its COPY BINARY field (PostgreSQL src/backend/utils/adt/numeric.c, numeric_send). */
function readNumeric(field: Buffer): { value: bigint; scale: number } {
  const [count, weight, scale] = [field.readInt16BE(4), field.readInt16BE(6), field.readInt16BE(10)];
  let scaled = 0n;
  for (let index = 0; index < count; index++) scaled = scaled * 10_000n + BigInt(field.readInt16BE(12 + index * 2));
  const power = BigInt((weight - count + 1) * 4 + scale);
  const value = power >= 0n ? scaled * 10n ** power : scaled / 10n ** -power;
  if (power < 0n && scaled % 10n ** -power !== 0n) throw new RangeError('digits beyond the scale');
  expect(field.readInt32BE(0)).toBe(field.length - 4);
  return { value: field.readUInt16BE(8) === 0 ? value : -value, scale };
}
