// Promotions and what their gates say, for a terminal: every word of state and reason stands in the text, colour has no part.
import type { EmergencyView, PromotionView, VerdictView } from '@towpath/api';
import { PROMOTION_STATES } from '@towpath/core';
import { durationBetween } from '../rendering/duration.ts';
import { formatTable } from '../rendering/table.ts';

/** One promotion, with each gate. */
export function formatPromotion(promotion: PromotionView): string {
  const { release, environment, kind, state, verdicts, endReason, askAgainAt } = promotion;
  const what =
    kind === 'rollback' ? `${environment} back to ${release.version}` : `${release.version} to ${environment}`;
  const lines = [`${what}: ${state}. ${PROMOTION_STATES[state]}`];
  if (promotion.emergency) lines.unshift(formatEmergency(promotion.emergency));
  if (promotion.changeRecord !== null) lines.push(`change record: ${promotion.changeRecord}`);
  if (endReason !== null) lines.push(`why: ${endReason}`);
  if (verdicts.length > 0) lines.push('', formatVerdicts(verdicts).trimEnd());
  if (state === 'pending') lines.push('', describeNext(askAgainAt));
  const took = durationBetween(promotion.requestedAt, promotion.endedAt);
  if (state === 'succeeded') lines.push(`took ${took}`);
  return `${lines.join('\n')}\n`;
}

/** An emergency, so that nobody overlooks it. */
export function formatEmergency({ reason, skipped, expiresAt }: EmergencyView): string {
  return `!! EMERGENCY: ${reason}. Skips ${skipped.join(', ') || 'nothing'}; denied if it still waits at ${expiresAt}. !!`;
}

/** When a gate is asked again. */
export function describeNext(askAgainAt: string | null): string {
  return askAgainAt === null
    ? 'It goes on when a run, a person or a freeze changes what its gates say.'
    : `By time alone it can go on at ${askAgainAt}.`;
}

/** Gates as a table, each followed by what it was judged by. */
export function formatVerdicts(verdicts: readonly VerdictView[]): string {
  const rows = verdicts.map(({ gate, decision, code, reason, askAgainAt, evidence }) => [
    gate,
    decision,
    code,
    askAgainAt ?? '',
    [reason, formatEvidence(evidence)].filter(Boolean).join(' '),
  ]);
  return formatTable(['GATE', 'SAYS', 'WHY', 'ASK AGAIN', ''], rows);
}

function formatEvidence(evidence: VerdictView['evidence']): string {
  const facts = Object.entries(evidence).filter(([, value]) => value !== null);
  if (facts.length === 0) return '';
  return `(${facts.map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join('; ')})`;
}

/** Promotions as a table. */
export function formatPromotions(promotions: readonly PromotionView[]): string {
  const rows = promotions.map((promotion) => [
    promotion.requestedAt,
    promotion.environment,
    promotion.release.version,
    promotion.emergency ? 'EMERGENCY' : promotion.kind,
    promotion.state,
    promotion.requestedBy,
    durationBetween(promotion.requestedAt, promotion.endedAt),
    describeWaiting(promotion),
  ]);
  return formatTable(['ASKED', 'ENVIRONMENT', 'RELEASE', 'KIND', 'STATE', 'BY', 'TOOK', 'WHY'], rows);
}

/** What a live promotion waits for, or how an ended one ended. */
export function describeWaiting({ state, verdicts, endCode }: PromotionView): string {
  if (state === 'running') return 'agents load it';
  if (state !== 'pending') return endCode ?? '';
  const red = verdicts.filter(({ decision }) => decision !== 'allow');
  return red
    .map(({ gate, code, askAgainAt }) =>
      askAgainAt === null ? `${gate} ${code}` : `${gate} ${code} until ${askAgainAt}`,
    )
    .join(', ');
}
