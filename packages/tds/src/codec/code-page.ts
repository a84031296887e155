// Character data of a column, between its bytes and text. Windows code pages are Node's own decoders, which map undefined
// bytes to control characters as SQL Server does; the DOS and East Asian ones are iconv-lite's, whose tables are Microsoft's
// (WHATWG's Big5 is another one, and it has no 437 and 850).
import { TextDecoder } from 'node:util';
import iconv from 'iconv-lite';
import type { TdsEncoding } from '../tds-column.ts';
import { typeError } from '../tds-errors.ts';

/** Text of `length` bytes at `offset`. `TDS_TYPE_UNSUPPORTED` for a code page that nobody decodes. */
export function decodeText(encoding: TdsEncoding, buffer: Buffer, offset: number, length: number): string {
  if (encoding === 'utf16le') return buffer.toString('utf16le', offset, offset + length);
  if (encoding === 'utf8') return buffer.toString('utf8', offset, offset + length);
  return decoderFor(encoding)(buffer.subarray(offset, offset + length));
}

/** Bytes of a text; characters that the code page hasn't become `?`, as in SQL Server. */
export function encodeText(encoding: TdsEncoding, text: string): Buffer {
  if (encoding === 'utf16le' || encoding === 'utf8') return Buffer.from(text, encoding);
  return encoderFor(encoding)(text);
}

/** Whether cells of this encoding can be decoded. */
export function isDecodable(encoding: TdsEncoding): boolean {
  return encoding === 'utf16le' || encoding === 'utf8' || ICONV_PAGES.has(encoding) || WINDOWS_PAGES.has(encoding);
}

const ICONV_PAGES: ReadonlySet<string> = new Set(['cp437', 'cp850', 'cp932', 'cp936', 'cp949', 'cp950']);
const WINDOWS_PAGES: ReadonlySet<string> = new Set([
  'cp874',
  ...['0', '1', '2', '3', '4', '5', '6', '7', '8'].map((last) => `cp125${last}`),
]);

type Decode = (bytes: Buffer) => string;
type Encode = (text: string) => Buffer;
const decoders = new Map<TdsEncoding, Decode>();
const encoders = new Map<TdsEncoding, Encode>();

function decoderFor(encoding: TdsEncoding): Decode {
  const known = decoders.get(encoding);
  if (known) return known;
  const decode = createDecoder(encoding);
  decoders.set(encoding, decode);
  return decode;
}

function createDecoder(encoding: TdsEncoding): Decode {
  if (ICONV_PAGES.has(encoding)) return (bytes) => iconv.decode(bytes, encoding);
  if (!WINDOWS_PAGES.has(encoding)) throw typeError(`Text in code page ${encoding.slice(2)} cannot be decoded here.`);
  const decoder = new TextDecoder(`windows-${encoding.slice(2)}`, { ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}

function encoderFor(encoding: TdsEncoding): Encode {
  const known = encoders.get(encoding);
  if (known) return known;
  const encode: Encode = ICONV_PAGES.has(encoding)
    ? (text) => iconv.encode(text, encoding)
    : createSingleByteEncoder(decoderFor(encoding));
  encoders.set(encoding, encode);
  return encode;
}

/** The decoder turned around: a code page of one byte has 256 characters. */
function createSingleByteEncoder(decode: Decode): Encode {
  const bytes = new Map(Array.from({ length: 256 }, (_, byte) => [decode(Buffer.from([byte])), byte]));
  return (text) => Buffer.from(Array.from(text, (character) => bytes.get(character) ?? 0x3f));
}
