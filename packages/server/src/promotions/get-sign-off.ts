import type { SignOffView } from '@towpath/api';
import { TOWPATH, TowpathError } from '@towpath/core';
import type { Db } from '../db/database.ts';
import { findSignOff } from './operations/find-sign-off.ts';

/**
 * A sign-off that must exist.
 *
 * @throws TowpathError `SIGN_OFF_UNKNOWN`
 */
export async function getSignOff(db: Db, signOffId: string): Promise<SignOffView> {
  const signOff = await findSignOff(db, signOffId);
  if (signOff) return signOff;
  throw new TowpathError({
    code: 'SIGN_OFF_UNKNOWN',
    message: 'There is no such sign-off.',
    fix: `Take the id from \`${TOWPATH} signoff list\`.`,
  });
}
