// How a promotion ended, in words: by whom or what, and why.
import type { PromotionView } from '@towpath/api';
import { findOutcome, findRefuser, type PromotionOutcome } from '@towpath/core';

type Ended = Pick<PromotionView, 'state' | 'endCode' | 'endReason' | 'verdicts'>;

const WORDS: Readonly<Record<PromotionOutcome, string>> = {
  pending: 'waits',
  running: 'goes on',
  succeeded: 'took effect',
  refused: 'was refused',
  denied: 'was denied by its gates',
  errored: 'failed technically',
  aborted: 'was aborted',
  superseded: 'was superseded',
  'rolled-back': 'was ended by a rollback',
};

/** `was refused by lea: rows are missing`, `was denied by its gates: …`, `was superseded: …`, `took effect`. */
export function describeEnd({ state, endCode, endReason, verdicts }: Ended): string {
  const outcome = findOutcome(state, endCode);
  const refuser = outcome === 'refused' ? findRefuser(verdicts) : undefined;
  const by = refuser ? ` by ${refuser.by}` : '';
  const why = refuser?.note ?? endReason ?? '';
  return `${WORDS[outcome]}${by}${why === '' ? '' : `: ${why}`}`;
}
