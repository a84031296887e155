// `secret://name#field`: a value that lies with the environment's secret provider and is fetched as late as possible.

/** A reference to a secret; the name may be a path: `secret:///prod/fmp/api_key#token`. */
export interface SecretReference {
  readonly name: string;
  readonly field: string | undefined;
}

const SCHEME = 'secret://';

/** True for a text that is meant as a reference, well-formed or not. */
export function isSecretReference(text: string): boolean {
  return text.startsWith(SCHEME);
}

/** Reads a reference; undefined when the text is none, or a malformed one. */
export function parseSecretReference(text: string): SecretReference | undefined {
  const [, name, field] = /^secret:\/\/([^#\s\p{Cc}]+)(?:#([^#\s\p{Cc}]+))?$/u.exec(text) ?? [];
  return name === undefined ? undefined : { name, field };
}

/** The text of a reference. */
export function formatSecretReference({ name, field }: SecretReference): string {
  return field === undefined ? `${SCHEME}${name}` : `${SCHEME}${name}#${field}`;
}
