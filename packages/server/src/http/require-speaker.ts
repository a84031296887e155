// A word that counts for long is taken only from who may say it when it is written: between the look-up of a credential and its
// transaction a request may wait for a connection, and a revocation that commits meanwhile would be older than the word.
import type { FastifyRequest } from 'fastify';
import { shareHolder } from '../access/operations/lock-holder.ts';
import type { Transaction } from '../db/database.ts';
import { authenticationRequired, findIdentity, hasSameRights } from './authenticate.ts';
import type { PersonIdentity } from './identity.ts';

/** Looks again, in the transaction of the word, and holds revocations off until its commit. @throws TowpathError `AUTHENTICATION_REQUIRED` */
export type RequireSpeaker = (tx: Transaction) => Promise<void>;

/** Creates it for the one who asks. To be called after the decisions are locked. */
export function createRequireSpeaker(
  request: FastifyRequest,
  speaker: PersonIdentity,
  cookieName: string,
): RequireSpeaker {
  return async (tx) => {
    await shareHolder(tx, speaker.name);
    if (!hasSameRights(speaker, await findIdentity(request, { db: tx, cookieName }))) throw authenticationRequired();
  };
}
