// A word belongs to a person, not to a name: who comes by the name of somebody who has left has not said what they said. Of a word without
// an account that is known (by a token, or kept by a version before) the name is all there is.
import { isSameHuman } from '@towpath/core';
import type { Human } from '../access/operations/find-human.ts';
import type { Speaker } from './operations/list-speakers.ts';

/** Whether somebody said it: by the same account, or, where either has none that is known, by the name that nobody was deprived of since. */
export function isWordOf(
  { person, account, isRevokedSince }: Pick<Speaker, 'person' | 'account' | 'isRevokedSince'>,
  human: Human,
): boolean {
  if (account !== '' && account === human.account) return true;
  return !isRevokedSince && isSameHuman({ name: person, account }, human);
}
