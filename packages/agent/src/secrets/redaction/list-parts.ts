// What of a secret is secret by itself, because programs take it apart and print the pieces: the password of a URL or of a
// connection string, members of a JSON document, what base64 stands for.
import { SecretValue } from '../secret-value.ts';

/** A shorter one is a word of any text: `prod`, `5432`. */
const MIN_PART_LENGTH = 6;

/** In JSON only what is called so: hosts and users stand in every log. */
const SECRET_MEMBER = /pass|pwd|secret|token|key|credential|auth|private/i;

/** `Password=…;` of ADO and ODBC, `password=…` of libpq; in braces or quotes when it has a semicolon. */
const KEY_VALUE =
  /(?:^|[;\s])\s*(?:password|pwd|accountkey|sharedaccesskey)\s*=\s*(?:\{([^}]+)\}|"([^"]+)"|'([^']+)'|([^;\s]+))/gi;

const URL_TEXT = /^[a-z][a-z0-9+.-]*:\/\//i;
const BASE64 = /^[A-Za-z0-9+/_-]{12,}={0,2}$/;

/** The parts, without the value itself; none of a value that is no text. */
export function listParts(value: SecretValue): readonly SecretValue[] {
  if (!value.isText()) return [];
  const text = value.text().trim();
  const parts = [...listOfUrl(text), ...listOfConnection(text), ...listOfJson(text), ...listOfBase64(text)];
  return [...new Set(parts)]
    .filter((part) => part.trim().length >= MIN_PART_LENGTH)
    .map((part) => new SecretValue(part));
}

function listOfUrl(text: string): readonly string[] {
  if (!URL_TEXT.test(text) || !URL.canParse(text)) return [];
  const { password, searchParams } = new URL(text);
  const inQuery = [...searchParams].flatMap(([name, part]) => (SECRET_MEMBER.test(name) ? [part] : []));
  return [password, decode(password), ...inQuery];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function listOfConnection(text: string): readonly string[] {
  return [...text.matchAll(KEY_VALUE)].map(
    ([, braced, double, single, plain]) => braced ?? double ?? single ?? plain ?? '',
  );
}

function listOfJson(text: string): readonly string[] {
  if (!text.startsWith('{') && !text.startsWith('[')) return [];
  const found: string[] = [];
  try {
    JSON.parse(text, (name, member) => {
      if (typeof member === 'string' && SECRET_MEMBER.test(name)) found.push(member);
      return member;
    });
  } catch {
    return [];
  }
  return [...found, ...found.flatMap(listOfUrl)];
}

/** Only when it stands for a text: of other bytes nobody prints anything but base64 again. */
function listOfBase64(text: string): readonly string[] {
  if (!BASE64.test(text)) return [];
  const decoded = new SecretValue(Buffer.from(text.replaceAll('-', '+').replaceAll('_', '/'), 'base64'));
  return decoded.isText() && !/\p{Cc}/u.test(decoded.text().replaceAll(/[\r\n\t]/g, '')) ? [decoded.text()] : [];
}
