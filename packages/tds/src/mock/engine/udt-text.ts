// The text of CLR values, as their methods give it: ToString() of hierarchyid, STAsText() of a point. Other shapes are
// refused; a mock has no geometry library.
import { notSupported } from './mock-sql-error.ts';

/** Prefixes of hierarchyid's ordinals: bits of the prefix, number of value bits, smallest value ([MS-SSCLRT] 2.1.2.2). */
const ORDINALS: readonly (readonly [string, number, number])[] = [
  ['01', 2, 0],
  ['100', 2, 4],
  ['101', 3, 8],
];

/** `/1/2/` of a hierarchyid whose ordinals are 0 to 15. */
export function formatHierarchyId(bytes: Buffer): string {
  let bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('');
  let path = '/';
  while (bits.includes('1')) {
    const kind = ORDINALS.find(([prefix]) => bits.startsWith(prefix));
    if (!kind) throw notSupported('hierarchyid with ordinals beyond 15');
    const [prefix, size, first] = kind;
    const end = prefix.length + size;
    if (bits[end] !== '1') throw notSupported('hierarchyid with dotted ordinals');
    path += `${Number.parseInt(bits.slice(prefix.length, end), 2) + first}/`;
    bits = bits.slice(end + 1);
  }
  return path;
}

const POINT_PROPERTIES = 0x0c;
const POINT_BYTES = 22;

/** `POINT (x y)`; geography keeps the latitude first ([MS-SSCLRT] 2.1.1). */
export function formatPoint(bytes: Buffer, isGeography: boolean): string {
  if (bytes.length !== POINT_BYTES || bytes[5] !== POINT_PROPERTIES) throw notSupported('shapes that are no points');
  const [first, second] = [bytes.readDoubleLE(6), bytes.readDoubleLE(14)];
  return isGeography ? `POINT (${second} ${first})` : `POINT (${first} ${second})`;
}
