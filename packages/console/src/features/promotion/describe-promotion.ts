// A promotion in words: why not now, and when.
import type { PromotionView } from '@towpath/api';
import { isTerminalPromotionState, type RefreshState } from '@towpath/core';
import { formatMinute } from '../../format/format-instant.ts';
import { lookOf } from '../../states/promotion-looks.ts';
import type { StateLook } from '../../states/state-looks.ts';
import { describeEnd } from './describe-end.ts';
import { describeWait } from './describe-wait.ts';
import type { Tenure } from './judge-tenure.ts';

interface Asked {
  readonly nowMs: number;
  readonly timeZone: string;
  /** Of one that took effect: whether it still is there. */
  readonly tenure: Tenure | undefined;
}

/** The page's answer. */
export function describePromotion(promotion: PromotionView, { nowMs, timeZone, tenure }: Asked): string {
  const { kind, state, environment, release } = promotion;
  const what = kind === 'rollback' ? `The way back to ${release.version} in ${environment}` : release.version;
  const into = kind === 'rollback' ? what : `${what} into ${environment}`;
  switch (state) {
    case 'pending':
      return `${what} waits for ${environment}: ${describeWait(promotion, nowMs, timeZone)}`;
    case 'running':
      return `${into}: the gates let it through, agents load it now`;
    case 'succeeded':
      return `${describeStay(promotion, tenure)}${describeUntil(tenure, timeZone)}${describeRefresh(promotion)}`;
    case 'failed':
    case 'errored':
    case 'aborted':
      return `${into} ${describeEnd(promotion)}`;
  }
}

/** `v1.3.3 is in prod`, `was in`, or, while nobody knows whether it still is, `came into`. */
function describeStay({ kind, environment, release: { version } }: PromotionView, tenure: Tenure | undefined): string {
  const verb = { current: 'is', past: 'was', unknown: undefined }[tenure?.how ?? 'unknown'];
  if (kind === 'rollback')
    return verb ? `${environment} ${verb} back at ${version}` : `${environment} went back to ${version}`;
  return verb ? `${version} ${verb} in ${environment}` : `${version} came into ${environment}`;
}

function describeUntil(tenure: Tenure | undefined, timeZone: string): string {
  const until = tenure?.how === 'past' ? tenure.successor?.endedAt : undefined;
  return until ? ` until ${formatMinute(until, timeZone)}` : '';
}

/** How the headline is meant: green only while it is there. */
export function toneOf({ state, emergency, refresh }: PromotionView, tenure?: Tenure): 'good' | 'bad' | 'calm' {
  if (state === 'succeeded') {
    const tone = toneOfRefresh(refresh);
    return tone === 'good' && tenure?.how !== 'current' ? 'calm' : tone;
  }
  return state === 'failed' || state === 'errored' || emergency ? 'bad' : 'calm';
}

/** Back, but not all well: the code is that of before, and rows may not be. */
function toneOfRefresh(refresh: PromotionView['refresh']): 'good' | 'bad' | 'calm' {
  if (refresh === null || refresh.state === 'succeeded') return 'good';
  return refresh.state === 'failed' ? 'bad' : 'calm';
}

const REFRESHES: Readonly<Record<RefreshState, string>> = {
  waiting: '; its full refresh starts in a moment',
  running: '; its full refresh goes on',
  succeeded: ', and its models are made anew',
  failed: '; its full refresh failed',
  dropped: '; nothing was made anew',
  unknown: '; how its full refresh ended is no longer known',
};

function describeRefresh({ refresh }: PromotionView): string {
  return refresh === null ? '' : REFRESHES[refresh.state];
}

/** Something that happened to it. */
export interface Moment {
  readonly at: string;
  readonly words: string;
  readonly tone: StateLook['tone'];
  /** In somebody's words. */
  readonly note?: string | null;
}

/** What happened until it ended, oldest first; sign-offs of this release for this environment are part of it. */
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
  const { requestedAt, requestedBy, note, startedAt, judgedAt, endedAt, state } = promotion;
  const moments: Moment[] = [
    { at: requestedAt, words: `${requestedBy} asked for it`, tone: 'calm', note },
    ...signOffs.flatMap((signOff) => toMoments(signOff, signOffs)),
  ];
  if (judgedAt && !isTerminalPromotionState(state))
    moments.push({ at: judgedAt, words: 'its gates were asked last', tone: 'calm' });
  if (startedAt) moments.push({ at: startedAt, words: 'the environment was told to run it', tone: 'busy' });
  moments.push(...toEnd(promotion));
  const endMs = endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(endedAt);
  const own = moments.filter(({ at }) => Date.parse(at) <= endMs);
  return own.toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
}

type Said = Parameters<typeof listMoments>[1][number];

function toMoments(signOff: Said, all: readonly Said[]): readonly Moment[] {
  const { person, role, decision, note, givenAt, withdrawnAt } = signOff;
  // Who says something newer takes nothing back: that is withdrawn in the same moment.
  const isReplaced = all.some((newer) => newer.person === person && newer.givenAt === withdrawnAt);
  const isApproved = decision === 'approved';
  const words = `${person} ${isApproved ? 'signed it off' : 'refused it'} as ${role}`;
  const given: Moment = { at: givenAt, words, tone: isApproved ? 'good' : 'bad', note };
  const back: Moment[] =
    withdrawnAt && !isReplaced ? [{ at: withdrawnAt, words: describeBack(signOff), tone: 'warn' }] : [];
  return [given, ...back];
}

/** Who ended it: its person, or who lifted the refusal of somebody who has left. */
function describeBack({ person, withdrawnBy, decision }: Said): string {
  const what = decision === 'approved' ? 'sign-off' : 'refusal';
  return withdrawnBy === person
    ? `${person} took the ${what} back`
    : `${withdrawnBy} lifted that of ${person}, who has left`;
}

function toEnd(promotion: PromotionView): readonly Moment[] {
  const { state, endedAt } = promotion;
  if (endedAt === null || state === 'pending' || state === 'running') return [];
  return [{ at: endedAt, words: `it ${describeEnd(promotion)}`, tone: lookOf(promotion).tone }];
}
