// Whether who just approved a release for an environment had a hand in it: the gate will not count their word, and they should know.
import { type Client, ListPromotions, type ReleaseView, type SignOffView } from '@towpath/api';
import { findInvolvement } from '@towpath/core';

/** What they did, said of them; undefined: nothing is known against their word. */
export async function findOwnHand(
  client: Client,
  { id, createdBy: author }: ReleaseView,
  { environment, person, decision }: SignOffView,
): Promise<string | undefined> {
  if (decision !== 'approved') return undefined;
  const { promotions } = await client.call(ListPromotions, { query: { environment } });
  const waiting = promotions.find(({ release, state }) => release.id === id && state === 'pending');
  return findInvolvement(person, { author, initiator: waiting?.requestedBy });
}
