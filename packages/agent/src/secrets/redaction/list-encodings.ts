// The forms in which programs print a secret by accident: as it is, in URLs, in JSON, in HTML, in hexadecimal, in base64 (alone
// or amid other bytes), and line by line. Forms that are made on purpose (encrypted, hashed, split) are no accident and not found.
import type { SecretValue } from '../secret-value.ts';

/** A shorter line of a longer secret is too common a text: `}` or `-----`. */
const MIN_LINE_LENGTH = 8;

/** Widths at which base64 is broken into lines: PEM (RFC 7468), MIME (RFC 2045). */
const LINE_WIDTHS = [64, 76];

/**
 * Of a longer secret (a keytab, a file of certificates) only the forms in which files are printed are looked for: its automaton
 * has fifty bytes of memory for each byte of all its forms, and all of them would be fifty times its length.
 */
const LONG_BYTES = 8 * 1024;

/** All forms of one secret, without duplicates. */
export function listEncodings(value: SecretValue): readonly Buffer[] {
  const bytes = value.bytes();
  const forms = value.isText() ? (bytes.length > LONG_BYTES ? listFileForms : listTextForms)(value.text()) : [];
  const all = [bytes, ...forms.map((form) => Buffer.from(form, 'utf8')), ...listBase64(bytes)];
  return [...new Map(all.map((form) => [form.toString('latin1'), form])).values()].filter((form) => form.length > 0);
}

function listTextForms(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const long = lines.length > 1 ? lines.filter((line) => line.length >= MIN_LINE_LENGTH) : [];
  return [text, ...long].flatMap((part) => [
    part,
    ...listUrlForms(part),
    ...listJsonForms(part),
    ...listMarkupForms(part),
    ...listHexForms(part),
    ...listOwnBase64(part),
  ]);
}

/** Whole, line by line, and in JSON; base64 is made of the bytes. */
function listFileForms(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim().length >= MIN_LINE_LENGTH);
  return [text, ...lines, JSON.stringify(text).slice(1, -1)];
}

function listOwnBase64(part: string): readonly string[] {
  return listBase64(Buffer.from(part, 'utf8')).map((form) => form.toString('latin1'));
}

/** Browsers, forms (`+` for a blank), Python (`/` stays), and each with digits in lower case. */
function listUrlForms(text: string): readonly string[] {
  const whole = encodeURIComponent(text.toWellFormed());
  const strict = whole.replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = strict.replaceAll('%20', '+').replaceAll('~', '%7E');
  const all = [whole, strict, form, strict.replaceAll('%2F', '/'), encodeURI(text.toWellFormed())];
  return all.flatMap((each) => [each, each.replaceAll(/%[0-9A-F]{2}/g, (digits) => digits.toLowerCase())]);
}

/** JavaScript, Python (`\u` for all but ASCII), PHP (`\/`), Go (`\u003c`), and each within a string of JSON again. */
function listJsonForms(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const ascii = plain.replaceAll(/[\u007f-\uffff]/g, escapeUnit);
  const all = [plain, ascii, ascii.replaceAll('/', '\\/'), plain.replaceAll(/[<>&]/g, escapeUnit)];
  return all.flatMap((each) => [each, JSON.stringify(each).slice(1, -1)]);
}

/** HTML and XML, each way to write a quote. */
function listMarkupForms(text: string): readonly string[] {
  const plain = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = plain.replaceAll('"', '&quot;');
  return [plain, quoted, ...['&#39;', '&#x27;', '&apos;'].map((sign) => quoted.replaceAll("'", sign))];
}

/** As PostgreSQL shows bytea, and debuggers show bytes. */
function listHexForms(text: string): readonly string[] {
  const digits = Buffer.from(text, 'utf8').toString('hex');
  return [digits, digits.toUpperCase()];
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * Base64 of the bytes with 0, 1 or 2 unknown bytes before them: the characters that the secret alone decides (of the first
 * and last one at most 4 bits are left over), and those at the end of the data.
 */
function listBase64(bytes: Buffer): readonly Buffer[] {
  const forms = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = Math.ceil((before * 8) / 6);
    return [text.slice(from, Math.floor(((before + bytes.length) * 8) / 6)), text.slice(from)];
  });
  const all = [...forms, ...listBrokenLines(forms[1] ?? '')];
  const urlSafe = all.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'));
  return [...all, ...urlSafe].map((form) => Buffer.from(form, 'latin1'));
}

function listBrokenLines(text: string): readonly string[] {
  const lines = LINE_WIDTHS.flatMap((width) => text.match(new RegExp(`.{1,${width}}`, 'g')) ?? []);
  return lines.filter((line) => line.length >= MIN_LINE_LENGTH);
}
