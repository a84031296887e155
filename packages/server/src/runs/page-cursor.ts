import { z } from 'zod';
import { requestInvalid } from '../http/parse-request.ts';

const Cursor = z.uuid();

/** The opaque `next` of a page that ended with this run. */
export function formatPageCursor(runId: string): string {
  return Buffer.from(runId).toString('base64url');
}

/**
 * The run a page ended with.
 *
 * @throws TowpathError `REQUEST_INVALID`
 */
export function parsePageCursor(text: string): string {
  const parsed = Cursor.safeParse(Buffer.from(text, 'base64url').toString());
  if (parsed.success) return parsed.data;
  throw requestInvalid(['query.after: not the `next` of a page']);
}
