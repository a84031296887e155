import { TowpathError } from '@towpath/core';
import { statusOf } from '../../http/error-status.ts';
import type { RefusalDesk } from './refusal-desk.ts';
import type { Refusal } from './refusal-tally.ts';

/** Does what a credential is shown for; that it is not taken (an error with status 401) is noted, and thrown on. */
export async function noteRefused<T>(
  desk: RefusalDesk,
  shown: Pick<Refusal, 'shown' | 'whose' | 'address'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof TowpathError && statusOf(thrown.code) === 401) desk.note({ ...shown, reason: thrown.code });
    throw thrown;
  }
}
