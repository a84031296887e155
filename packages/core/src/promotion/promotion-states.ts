// The states of a promotion: the one table that SQL guards, documents and tests read.
//
//   pending ──start──▶ running ──observe──▶ succeeded
//      │  │               │  └───break────▶ errored
//      │  └──refuse──▶ failed
//      └──abort──▶ aborted ◀──abort──┘

/** Every state with the sentence a person reads. */
export const PROMOTION_STATES = {
  pending: 'It waits for its gates.',
  running: 'The environment was told to run the release, and not all of its agents do yet.',
  succeeded: 'All agents of the environment have the release; its next runs use it.',
  failed: 'A gate said no.',
  errored: 'The gates let it through, and it failed technically; the environment keeps what it had.',
  aborted: 'A person ended it, or another promotion took its place.',
} as const;

export type PromotionState = keyof typeof PROMOTION_STATES;

export type PromotionEvent = 'start' | 'refuse' | 'observe' | 'break' | 'abort';

type Transitions = Readonly<Partial<Record<PromotionEvent, PromotionState>>>;

/** `from × event → to`; what is absent is refused. A terminal state has no way out. */
export const PROMOTION_TRANSITIONS: Readonly<Record<PromotionState, Transitions>> = {
  pending: { start: 'running', refuse: 'failed', abort: 'aborted' },
  running: { observe: 'succeeded', break: 'errored', abort: 'aborted' },
  succeeded: {},
  failed: {},
  errored: {},
  aborted: {},
};

/** The states a promotion may be in for this event to be accepted; the `state = any(…)` of the SQL guard. */
export function promotionStatesBefore(event: PromotionEvent): readonly PromotionState[] {
  return promotionStates().filter((state) => PROMOTION_TRANSITIONS[state][event] !== undefined);
}

/** Where an event leads; the table has one target for each. */
export function promotionStateAfter(event: PromotionEvent): PromotionState {
  const after = promotionStates().map((state) => PROMOTION_TRANSITIONS[state][event]);
  const found = after.find((state) => state !== undefined);
  if (found === undefined) throw new Error(`no state follows ${event}`);
  return found;
}

/** True when nothing can happen to the promotion any more. */
export function isTerminalPromotionState(state: PromotionState): boolean {
  return Object.keys(PROMOTION_TRANSITIONS[state]).length === 0;
}

/** All states in the table's order. */
export function promotionStates(): readonly PromotionState[] {
  // Object.keys loses the literal type; the constant above is the only source of its keys.
  return Object.keys(PROMOTION_STATES) as PromotionState[];
}
