// A collation's five bytes decide how (var)char and text bytes read (MS-TDS 2.2.5.1.2, COLLATION).
import type { TdsEncoding } from '../tds-column.ts';

/** SQL_Latin1_General_CP1_CI_AS: what the mock sends, code page 1252. */
export const LATIN1_COLLATION = Buffer.from([0x09, 0x04, 0xd0, 0x00, 0x34]);

/** What the mock sends for columns of other encodings: a usual collation of each. */
const COLLATIONS: ReadonlyMap<TdsEncoding, readonly number[]> = new Map<TdsEncoding, readonly number[]>([
  ['utf8', [0x09, 0x04, 0xd0, 0x04, 0x00]], // Latin1_General_100_CI_AS_SC_UTF8
  ['cp437', [0x09, 0x04, 0xd0, 0x00, 0x20]], // SQL_Latin1_General_CP437_CI_AS
  ['cp850', [0x09, 0x04, 0xd0, 0x00, 0x2a]], // SQL_Latin1_General_CP850_CI_AS
  ['cp874', [0x1e, 0x04, 0xd0, 0x00, 0x00]], // Thai_CI_AS
  ['cp932', [0x11, 0x04, 0xd0, 0x00, 0x00]], // Japanese_CI_AS
  ['cp936', [0x04, 0x08, 0xd0, 0x00, 0x00]], // Chinese_PRC_CI_AS
  ['cp949', [0x12, 0x04, 0xd0, 0x00, 0x00]], // Korean_Wansung_CI_AS
  ['cp950', [0x04, 0x04, 0xd0, 0x00, 0x00]], // Chinese_Taiwan_Stroke_CI_AS
  ['cp1250', [0x15, 0x04, 0xd0, 0x00, 0x00]], // Polish_CI_AS
  ['cp1251', [0x19, 0x04, 0xd0, 0x00, 0x00]], // Cyrillic_General_CI_AS
  ['cp1253', [0x08, 0x04, 0xd0, 0x00, 0x00]], // Greek_CI_AS
  ['cp1254', [0x1f, 0x04, 0xd0, 0x00, 0x00]], // Turkish_CI_AS
  ['cp1255', [0x0d, 0x04, 0xd0, 0x00, 0x00]], // Hebrew_CI_AS
  ['cp1256', [0x01, 0x04, 0xd0, 0x00, 0x00]], // Arabic_CI_AS
  ['cp1257', [0x27, 0x04, 0xd0, 0x00, 0x00]], // Lithuanian_CI_AS
  ['cp1258', [0x2a, 0x04, 0xd0, 0x00, 0x00]], // Vietnamese_CI_AS
]);

/** Five bytes of a collation with this encoding; SQL_Latin1_General_CP1_CI_AS for those that don't depend on it. */
export function toCollation(encoding: TdsEncoding): Buffer {
  const bytes = COLLATIONS.get(encoding);
  return bytes ? Buffer.from(bytes) : LATIN1_COLLATION;
}

/** fUTF8 of the collation flags: a `_UTF8` collation. */
const UTF8_FLAG = 0x0400_0000;

/** Ranges of sort ids of the old `SQL_…` collations: first id, last id, code page. */
const SORT_ID_RANGES: readonly (readonly [number, number, number])[] = [
  [30, 35, 437],
  [40, 49, 850],
  [50, 54, 1252],
  [55, 61, 850],
  [71, 75, 1252],
  [80, 98, 1250],
  [104, 108, 1251],
  [112, 124, 1253],
  [128, 130, 1254],
  [136, 138, 1255],
  [144, 146, 1256],
  [152, 160, 1257],
  [183, 186, 1252],
  [192, 193, 932],
  [194, 195, 949],
  [196, 197, 950],
  [198, 199, 936],
  [200, 200, 932],
  [201, 201, 949],
  [202, 202, 950],
  [203, 203, 936],
  [204, 206, 874],
  [210, 217, 1252],
];

/** Code pages of single locales that differ from their language's. */
const LOCALE_CODE_PAGES: ReadonlyMap<number, number> = new Map([
  [0x0804, 936],
  [0x1004, 936],
  [0x20804, 936],
  [0x0c1a, 1251],
  [0x1c1a, 1251],
  [0x082c, 1251],
  [0x0843, 1251],
]);

/** Code pages by primary language (the low ten bits of a locale id); absent means 1252. */
const LANGUAGE_CODE_PAGES: ReadonlyMap<number, number> = new Map([
  [0x01, 1256],
  [0x02, 1251],
  [0x04, 950],
  [0x05, 1250],
  [0x08, 1253],
  [0x0d, 1255],
  [0x0e, 1250],
  [0x11, 932],
  [0x12, 949],
  [0x15, 1250],
  [0x18, 1250],
  [0x19, 1251],
  [0x1a, 1250],
  [0x1b, 1250],
  [0x1c, 1250],
  [0x1e, 874],
  [0x1f, 1254],
  [0x20, 1256],
  [0x22, 1251],
  [0x23, 1251],
  [0x24, 1250],
  [0x25, 1257],
  [0x26, 1257],
  [0x27, 1257],
  [0x29, 1256],
  [0x2a, 1258],
  [0x2c, 1254],
  [0x2f, 1251],
  [0x3f, 1251],
  [0x43, 1254],
  [0x44, 1251],
]);

/** The encoding of single-byte and multi-byte character data under this collation. */
export function toEncoding(collation: Buffer): TdsEncoding {
  const bits = collation.readUInt32LE(0);
  if (bits & UTF8_FLAG) return 'utf8';
  const sortId = collation.readUInt8(4);
  const range = sortId === 0 ? undefined : SORT_ID_RANGES.find(([first, last]) => sortId >= first && sortId <= last);
  if (range) return `cp${range[2]}`;
  const locale = bits & 0xf_ffff;
  return `cp${LOCALE_CODE_PAGES.get(locale) ?? LANGUAGE_CODE_PAGES.get(locale & 0x3ff) ?? 1252}`;
}
