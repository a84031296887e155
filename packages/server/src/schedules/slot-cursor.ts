import { z } from 'zod';
import { requestInvalid } from '../http/parse-request.ts';

const Cursor = z.iso.datetime();

/** The opaque `next` of a page that ended with this slot. */
export function formatSlotCursor(slotAt: string): string {
  return Buffer.from(slotAt).toString('base64url');
}

/**
 * The slot a page ended with.
 *
 * @throws TowpathError `REQUEST_INVALID`
 */
export function parseSlotCursor(text: string): string {
  const parsed = Cursor.safeParse(Buffer.from(text, 'base64url').toString());
  if (parsed.success) return parsed.data;
  throw requestInvalid(['query.after: not the `next` of a page']);
}
