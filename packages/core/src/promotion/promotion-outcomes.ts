// What became of a promotion, more exactly than its state: who or what said no, and what took its place.
import { PROMOTION_STATES, type PromotionState } from './promotion-states.ts';

/** Every outcome with the sentence a person reads. */
export const PROMOTION_OUTCOMES = {
  pending: PROMOTION_STATES.pending,
  running: PROMOTION_STATES.running,
  succeeded: PROMOTION_STATES.succeeded,
  errored: PROMOTION_STATES.errored,
  refused: 'A person said no.',
  denied: 'A gate said no.',
  aborted: 'A person ended it; the environment keeps what it had.',
  superseded: 'Another promotion took its place.',
  'rolled-back': 'A rollback of the environment took its place.',
} as const;

export type PromotionOutcome = keyof typeof PROMOTION_OUTCOMES;

/** Codes with which promotions end by a person's refusal. */
const REFUSALS: readonly (string | null)[] = ['SIGN_OFF_REFUSED', 'DEPLOY_PLAN_REFUSED'];

/** The outcome, by state and code of the end (null: none was kept). */
export function findOutcome(state: PromotionState, endCode: string | null): PromotionOutcome {
  if (state !== 'failed' && state !== 'aborted') return state;
  if (REFUSALS.includes(endCode)) return 'refused';
  if (state === 'failed') return 'denied';
  if (endCode === 'SUPERSEDED') return 'superseded';
  return endCode === 'ROLLED_BACK' ? 'rolled-back' : 'aborted';
}

/** Who refused it and why, as its gates kept it; undefined: nobody did, or that was not kept. */
export function findRefuser(
  verdicts: readonly {
    readonly decision: string;
    readonly code: string;
    readonly evidence: Readonly<Record<string, unknown>>;
  }[],
): { readonly by: string; readonly note: string | null } | undefined {
  const refused = verdicts.find(({ decision, code }) => decision === 'deny' && REFUSALS.includes(code));
  if (typeof refused?.evidence.by !== 'string') return undefined;
  const { by, note } = refused.evidence;
  return { by, note: typeof note === 'string' && note !== '' ? note : null };
}
