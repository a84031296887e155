// Decimals as text, exactly: an integer and a scale, never a double.

/** Text of `unscaled / 10^scale` with all `scale` digits. */
export function formatDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const sign = unscaled < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The integer `text * 10^scale`, rounded half away from zero as SQL Server does; undefined when the text is no number. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?\s*$/.exec(text);
  if (!match || (match[2] === '' && !match[3])) return undefined;
  const fraction = match[3] ?? '';
  const kept = BigInt(`${match[2]}${fraction.slice(0, scale).padEnd(scale, '0')}` || '0');
  const rounded = Number(fraction[scale] ?? '0') >= 5 ? kept + 1n : kept;
  return match[1] === '-' ? -rounded : rounded;
}

/** Bytes of a decimal's magnitude: 4, 8, 12 or 16 by precision (MS-TDS 2.2.5.5.1.6). */
export function magnitudeBytes(precision: number): number {
  if (precision <= 9) return 4;
  if (precision <= 19) return 8;
  return precision <= 28 ? 12 : 16;
}

/** An unsigned little-endian integer of any length. */
export function readUnsigned(buffer: Buffer, offset: number, length: number): bigint {
  let value = 0n;
  for (let index = length - 1; index >= 0; index -= 1) value = (value << 8n) | BigInt(buffer.readUInt8(offset + index));
  return value;
}

/** Writes an unsigned integer into `length` little-endian bytes. */
export function unsignedBytes(value: bigint, length: number): Buffer {
  const out = Buffer.alloc(length);
  let rest = value;
  for (let index = 0; index < length; index += 4, rest >>= 32n) {
    out.writeUIntLE(Number(rest & LOW_32) % 256 ** (length - index), index, Math.min(4, length - index));
  }
  return out;
}

const LOW_32 = 0xffff_ffffn;

/** The same for a number of at most six bytes. */
export function numberBytes(value: number, length: number): Buffer {
  const out = Buffer.alloc(length);
  out.writeUIntLE(value, 0, length);
  return out;
}
