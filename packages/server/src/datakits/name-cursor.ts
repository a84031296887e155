import { requestInvalid } from '../http/parse-request.ts';

/** The opaque `next` of a page that ended with this datakit. */
export function formatNameCursor(name: string): string {
  return Buffer.from(name).toString('base64url');
}

/**
 * The datakit a page ended with.
 *
 * @throws TowpathError `REQUEST_INVALID`
 */
export function parseNameCursor(text: string): string {
  const name = Buffer.from(text, 'base64url').toString();
  // As a graph may name one; no text of the database holds a NUL.
  if (/^[^\0]{1,63}$/.test(name)) return name;
  throw requestInvalid(['query.after: not the `next` of a page']);
}
