// What may be shown of a value. A secret shows its type and a class of its length, never a character: equal masks for all
// secrets of one class.

import type { ResolvedValue } from './resolved-configuration.ts';
import { parseDsn } from './resources/parse-dsn.ts';
import { splitUrl } from './resources/parse-url.ts';
import type { ValueType } from './value-type.ts';

/** Longer texts are cut where they are shown. */
const SHOWN_CHARACTERS = 120;

/** `<dsn, 32-63 characters>`: type and length to a power of two. */
export function maskSecret(type: ValueType, text: string): string {
  if (text.length < 8) return `<${type}, under 8 characters>`;
  const least = 2 ** Math.floor(Math.log2(text.length));
  return least >= 1024 ? `<${type}, 1024 characters or more>` : `<${type}, ${least}-${2 * least - 1} characters>`;
}

/** A value as people may see it: a secret masked, a reference as it is, a URL without its credentials and parameters. */
export function describeValue({ type, text, isSecret, secretReference }: ShownValue): string {
  if (secretReference !== undefined) return toShort(text);
  return isSecret ? maskSecret(type, text) : describeText(type, text);
}

/** What decides how a value is shown. */
export type ShownValue = Pick<ResolvedValue, 'type' | 'text' | 'isSecret' | 'secretReference'>;

/** A text that is not declared secret; credentials inside it are masked all the same. */
export function describeText(type: ValueType, text: string): string {
  if (type === 'dsn') return describeDsn(text);
  if (type === 'url' && splitUrl(text) === undefined) return describeBrokenUrl(text);
  return toShort(hideCredentials(text));
}

// Enough to see what is wrong with it. What has no sign of an address, or a stretch as long as keys are, may be a key.
function describeBrokenUrl(text: string): string {
  if (!/[./:]/.test(text) || /[A-Za-z0-9_+=-]{24}/.test(text)) return maskSecret('url', text);
  const address = text.replace(/^.*@/s, '***@').replace(/([?#;&=]).*$/s, '$1***');
  return toShort(address);
}

// Without the user: some services take a token in its place.
function describeDsn(text: string): string {
  const parsed = parseDsn(text);
  if ('expected' in parsed) return maskSecret('dsn', text);
  const names = parsed.resources.map(({ kind, names: [name, withPort = name] }) => [kind, withPort] as const);
  const list = (kind: string): string =>
    names
      .filter(([own]) => own === kind)
      .map(([, name]) => name)
      .join(',');
  const words = [`host=${list('hosts')}`, `database=${list('databases')}`];
  return toShort(words.filter((word) => !word.endsWith('=')).join(' '));
}

/** Values that connection strings call secret: `Password=…;`, `password='…'`. */
const SECRET_PAIRS =
  /\b(password|passwd|pwd|secret|token|accountkey|sharedaccesskey)(\s{0,9}=\s{0,9})(?:'[^']*'?|"[^"]*"?|\{[^}]*\}?|[^;\s]*)/gi;

/**
 * Replaces user, password and parameters of every URL in a text (of one that is read in several ways, all but its scheme), and what
 * pairs of a connection string call secret.
 */
export function hideCredentials(text: string): string {
  // A scheme of any length would be looked for anew at each letter of a long word.
  const pairs = text.replace(SECRET_PAIRS, (_, key: string, sign: string) => `${key}${sign}***`);
  return pairs.replace(/([a-z][a-z0-9+.-]{0,31}:\/\/)\S*/gi, (url, scheme: string) => {
    const parts = splitUrl(url);
    // A password with a slash in it looks like a path with an @.
    if (parts === undefined || parts.path.includes('@')) return `${scheme}***`;
    const { user, authority, path } = parts;
    const end = /[?#]/.test(url) ? '?***' : '';
    return `${scheme}${user === undefined ? '' : '***@'}${authority}${path}${end}`;
  });
}

/**
 * A word of a text, without a password: that of the URL it is part of, or `user:password@` before a host. A word that begins
 * within what stands before an `@` may be the rest of a password.
 */
export function hideCredentialsAround(word: string, text: string): string {
  const url = text.match(/[a-z][a-z0-9+.-]*:\/\/\S*/gi)?.find((one) => one.includes(word));
  if (url !== undefined) return /[@?]/.test(url) ? hideCredentials(url.replace(/["'`,;)\]}>]+$/, '')) : word;
  return /:.*@/.test(word) || (word.includes('@') && !text.split(/\s+/).includes(word))
    ? word.replace(/^.*@/, '***@')
    : word;
}

function toShort(text: string): string {
  const printable = text.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return printable.length <= SHOWN_CHARACTERS ? printable : `${printable.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
