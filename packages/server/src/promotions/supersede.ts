import type { PromotionView } from '@towpath/api';
import type { Transaction } from '../db/database.ts';
import type { Outbox } from '../events/transactions/publish.ts';
import { abortLocked } from './abort-locked.ts';

/** Ends a live promotion because another one of the same environment takes its place. The decisions about it are locked. */
export function supersede(tx: Transaction, live: PromotionView, by: string, outbox: Outbox): Promise<void> {
  return abortLocked(tx, live, { by, code: 'SUPERSEDED', reason: 'Another promotion took its place.' }, outbox);
}
