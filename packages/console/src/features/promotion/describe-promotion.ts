// A promotion in words: why not now, and when.
import type { PromotionView } from '@towpath/api';
import { isTerminalPromotionState } from '@towpath/core';
import type { StateLook } from '../../states/state-looks.ts';
import { describeWait } from './describe-wait.ts';

/** The page's answer. */
export function describePromotion(promotion: PromotionView, nowMs: number, timeZone: string): string {
  const { kind, state, environment, release, endReason } = promotion;
  const what = kind === 'rollback' ? `The way back to ${release.version} in ${environment}` : release.version;
  const into = kind === 'rollback' ? what : `${what} into ${environment}`;
  switch (state) {
    case 'pending':
      return `${what} waits for ${environment}: ${describeWait(promotion, nowMs, timeZone)}`;
    case 'running':
      return `${into}: the gates let it through, agents load it now`;
    case 'succeeded':
      return kind === 'rollback'
        ? `${environment} is back at ${release.version}`
        : `${release.version} is in ${environment}`;
    case 'failed':
      return `${what} was refused for ${environment}${endReason ? `: ${endReason}` : ''}`;
    case 'errored':
      return `${into} failed technically${endReason ? `: ${endReason}` : ''}`;
    case 'aborted':
      return `${into} was aborted${endReason ? `: ${endReason}` : ''}`;
  }
}

/** How the headline is meant. */
export function toneOf({ state, emergency }: PromotionView): 'good' | 'bad' | 'calm' {
  if (state === 'succeeded') return 'good';
  return state === 'failed' || state === 'errored' || emergency ? 'bad' : 'calm';
}

/** Something that happened to it. */
export interface Moment {
  readonly at: string;
  readonly words: string;
  readonly tone: StateLook['tone'];
  /** In somebody's words. */
  readonly note?: string | null;
}

/** What happened, oldest first; sign-offs of this release for this environment are part of it. */
export function listMoments(
  promotion: PromotionView,
  signOffs: readonly {
    readonly person: string;
    readonly role: string;
    readonly decision: 'approved' | 'refused';
    readonly note: string | null;
    readonly givenAt: string;
    readonly withdrawnAt: string | null;
    readonly withdrawnBy: string | null;
  }[],
): readonly Moment[] {
  const { requestedAt, requestedBy, note, startedAt, judgedAt, state } = promotion;
  const moments: Moment[] = [
    { at: requestedAt, words: `${requestedBy} asked for it`, tone: 'calm', note },
    ...signOffs.flatMap(toMoments),
  ];
  if (judgedAt && !isTerminalPromotionState(state))
    moments.push({ at: judgedAt, words: 'its gates were asked last', tone: 'calm' });
  if (startedAt) moments.push({ at: startedAt, words: 'the environment was told to run it', tone: 'busy' });
  moments.push(...toEnd(promotion));
  return moments.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
}

function toMoments(signOff: Parameters<typeof listMoments>[1][number]): readonly Moment[] {
  const { person, role, decision, note, givenAt, withdrawnAt } = signOff;
  const isApproved = decision === 'approved';
  const words = `${person} ${isApproved ? 'signed it off' : 'refused it'} as ${role}`;
  const given: Moment = { at: givenAt, words, tone: isApproved ? 'good' : 'bad', note };
  const back: Moment[] = withdrawnAt ? [{ at: withdrawnAt, words: describeBack(signOff), tone: 'warn' }] : [];
  return [given, ...back];
}

/** Who ended it: its person, or who lifted the refusal of somebody who has left. */
function describeBack({ person, withdrawnBy }: Parameters<typeof listMoments>[1][number]): string {
  return withdrawnBy === person ? `${person} took that back` : `${withdrawnBy} lifted that of ${person}, who has left`;
}

const ENDS = {
  succeeded: { words: 'it took effect', tone: 'good' },
  failed: { words: 'its gates refused it', tone: 'bad' },
  errored: { words: 'it failed technically', tone: 'error' },
  aborted: { words: 'it was aborted', tone: 'calm' },
} as const;

function toEnd({ state, endedAt, endReason }: PromotionView): readonly Moment[] {
  if (endedAt === null || state === 'pending' || state === 'running') return [];
  return [{ at: endedAt, ...ENDS[state], note: endReason }];
}
