// `secret://name#field`: a value that lies with the environment's secret provider and is fetched as late as possible.
// The text is looked at here only: every provider and the guard between environments trust what this file lets through.

/** A reference to a secret; the name may be a path: `secret:///prod/fmp/api_key#token`. */
export interface SecretReference {
  readonly name: string;
  readonly field: string | undefined;
}

const SCHEME = 'secret://';

/** Longer than any provider's own limit (AWS: 512), short enough to stand in a message. */
const MAX_LENGTH = 1024;

/**
 * Segments between single slashes; the first may follow a slash. A backslash would be a second spelling of a slash to
 * some providers, and a second spelling of a path is a way around whoever owns it.
 */
const REFERENCE = /^secret:\/\/(\/?[^/#\\\s\p{Cc}\p{Cs}]+(?:\/[^/#\\\s\p{Cc}\p{Cs}]+)*)(?:#([^#\s\p{Cc}\p{Cs}]+))?$/u;

/** True for a text that is meant as a reference, well-formed or not. */
export function isSecretReference(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** Reads a reference; undefined when the text is none, or a malformed one: an empty, `.` or `..` segment, a blank, a backslash. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const [, name, field] = (text.length <= MAX_LENGTH ? REFERENCE.exec(text) : null) ?? [];
  if (name === undefined || name.split('/').some((segment) => segment === '.' || segment === '..')) return undefined;
  return { name, field };
}

/** The text of a reference. */
export function formatSecretReference({ name, field }: SecretReference): string {
  return field === undefined ? `${SCHEME}${name}` : `${SCHEME}${name}#${field}`;
}
