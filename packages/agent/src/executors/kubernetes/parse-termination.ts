// The result document out of a container's termination message. The kubelet cuts what is too long, and an API server
// replaces what is not UTF-8: both is noticed here by the size that the entry has told.
import { MAX_RESULT_BYTES } from '@towpath/api';
import { NO_FILE } from '../attempt-folder.ts';
import type { EndFacts } from '../decide-end.ts';
import { MESSAGES } from './entry-words.ts';

/** Refused as what it is: a document that is not UTF-8. */
const NOT_UTF8 = Uint8Array.of(0xff);

/** Refused as that. */
const TOO_LARGE = new Uint8Array(MAX_RESULT_BYTES + 1);

/** What the command left, of a container that ended with exit code 0. */
export function parseTermination(message: string | undefined): EndFacts['resultBytes'] {
  if (message === MESSAGES.noResult) return undefined;
  if (message === MESSAGES.tooLarge) return TOO_LARGE;
  // Nothing at all: the entry did not get to say anything, or nobody could read it.
  if (message === undefined || message === '' || message === MESSAGES.noFile) return NO_FILE;
  const [, size, document] = /^=(\d+)\n(.*)$/s.exec(message) ?? [];
  const bytes = Buffer.from(document ?? message);
  const told = Number(size ?? MAX_RESULT_BYTES);
  // Of a Pod with more than three containers less is kept than a result may have.
  if (bytes.length < told) return TOO_LARGE;
  // Each byte that is no UTF-8 has become three, so that the size is another then.
  return bytes.length === told ? bytes : NOT_UTF8;
}

/** What a command left that writes it itself; it can't be told whether it was cut, or not UTF-8 before. */
export function parseOwnMessage(message: string | undefined): EndFacts['resultBytes'] {
  return message === undefined || message === '' ? undefined : Buffer.from(message);
}
