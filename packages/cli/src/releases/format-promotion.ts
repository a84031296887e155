// Promotions and what their gates say, for a terminal: every word of state and reason stands in the text, colour has no part.
import type { EmergencyView, PromotionView, RefreshView, VerdictView } from '@towpath/api';
import {
  describeEvidence,
  type EvidencePart,
  findOutcome,
  findRefuser,
  PROMOTION_OUTCOMES,
  REFRESH_STATES,
  sortVerdicts,
  splitVerdicts,
  toPrintable,
  toPrintableLines,
} from '@towpath/core';
import { durationBetween } from '../rendering/duration.ts';
import { formatTable } from '../rendering/table.ts';

/** What people and services wrote goes on further in than any line of ours begins: it can't look like one. */
const INDENT = '    ';

/** One promotion, with each gate. */
export function formatPromotion(promotion: PromotionView): string {
  const { environment, state, verdicts, askAgainAt, emergency, refresh } = promotion;
  const lines = describeHead(promotion);
  if (emergency) lines.unshift(formatEmergency(emergency));
  if (verdicts.length > 0) lines.push('', formatVerdicts(verdicts).trimEnd());
  if (state === 'pending') lines.push('', describeNext(askAgainAt));
  if (state === 'succeeded') lines.push(`took ${durationBetween(promotion.requestedAt, promotion.endedAt)}`);
  if (refresh) lines.push(formatRefresh(refresh, environment));
  return `${lines.join('\n')}\n`;
}

/** What it is and how it stands, who refused it, and what was said with it. */
function describeHead(promotion: PromotionView): string[] {
  const { release, environment, kind, state, verdicts, endCode, endReason, changeRecord, note } = promotion;
  const what = kind === 'rollback' ? describeWayBack(promotion) : `${release.version} to ${environment}`;
  const lines = [`${what}: ${state}. ${PROMOTION_OUTCOMES[findOutcome(state, endCode)]}`];
  const refuser = findRefuser(verdicts);
  if (refuser)
    lines.push(`refused by ${toPrintable(refuser.by)}${refuser.note === null ? '' : `: ${quote(refuser.note)}`}`);
  if (changeRecord !== null) lines.push(`change record: ${toPrintable(changeRecord)}`);
  if (kind === 'rollback' && note !== null) lines.push(`reason: ${quote(note)}`);
  if (endReason !== null) lines.push(`why: ${quote(endReason)}`);
  return lines;
}

function quote(text: string): string {
  return toPrintableLines(text, INDENT);
}

/** From where to where; an older server does not say from where. */
function describeWayBack({ environment, release, rollsBackFrom }: PromotionView): string {
  const from = rollsBackFrom ? ` from ${rollsBackFrom.version}` : '';
  return `${environment} back${from} to ${release.version}`;
}

/** How far it is with what is made anew. */
function formatRefresh(refresh: RefreshView, environment: string): string {
  const { pipeline, models, between, state, problem, run } = refresh;
  const names = [...models, ...between.map((name) => `${name} (between)`)].join(', ');
  const mark = state === 'failed' ? '!! ' : '';
  const where = run ? ` See \`npx towpath attempts ${run.number} --environment ${environment}\`.` : '';
  return [
    `${mark}full refresh: ${state}. ${REFRESH_STATES[state]}${where}`,
    `  by ${toPrintable(`${pipeline}: ${names}`)}`,
    ...(problem ? [`  why: ${quote(problem.message)}`] : []),
  ].join('\n');
}

/** An emergency, so that nobody overlooks it. */
export function formatEmergency({ reason, skipped, expiresAt }: EmergencyView): string {
  return `!! EMERGENCY: ${quote(reason)}. Skips ${skipped.join(', ') || 'nothing'}; denied if it still waits at ${expiresAt}. !!`;
}

/** When a gate is asked again. */
export function describeNext(askAgainAt: string | null): string {
  return askAgainAt === null
    ? 'It goes on when a run, a person or a freeze changes what its gates say.'
    : `By time alone it can go on at ${askAgainAt}.`;
}

/** Gates as a table, what stops it first, each followed by what it was judged by; those that nobody wants are named below. */
export function formatVerdicts(verdicts: readonly VerdictView[]): string {
  const { asked, unasked } = splitVerdicts(verdicts);
  const rows = asked.map(({ gate, decision, code, reason, askAgainAt, evidence }) => [
    gate,
    decision,
    code,
    askAgainAt ?? '',
    [reason, formatEvidence(gate, evidence)].filter(Boolean).join(' '),
  ]);
  const table = formatTable(['GATE', 'SAYS', 'WHY', 'ASK AGAIN', ''], rows);
  return unasked.length === 0 ? table : `${table}The policy asks nothing about ${unasked.join(', ')}.\n`;
}

function formatEvidence(gate: string, evidence: VerdictView['evidence']): string {
  const facts = describeEvidence(gate, evidence).map(
    ({ term, lines }) => `${term}: ${lines.map((line) => line.map(formatPart).join('')).join(', ')}`,
  );
  return facts.length === 0 ? '' : `(${facts.join('; ')})`;
}

function formatPart(part: EvidencePart): string {
  switch (part.kind) {
    case 'text':
      return part.text;
    case 'instant':
      return part.at;
    case 'link':
      return part.href;
    case 'id':
      return part.id;
  }
}

/** Promotions as a table. */
export function formatPromotions(promotions: readonly PromotionView[]): string {
  const rows = promotions.map((promotion) => [
    promotion.requestedAt,
    promotion.environment,
    promotion.rollsBackFrom
      ? `${promotion.release.version} (from ${promotion.rollsBackFrom.version})`
      : promotion.release.version,
    promotion.emergency ? 'EMERGENCY' : promotion.kind,
    promotion.state,
    promotion.requestedBy,
    durationBetween(promotion.requestedAt, promotion.endedAt),
    describeWaiting(promotion),
  ]);
  return formatTable(['ASKED', 'ENVIRONMENT', 'RELEASE', 'KIND', 'STATE', 'BY', 'TOOK', 'WHY'], rows);
}

/** Why it went back, and what became of what it makes anew. */
function describeDone(note: string | null, refresh: RefreshView | null): string {
  return [note, refresh && `full refresh ${refresh.state}`].filter((part) => part !== null).join('; ');
}

/** What a live promotion waits for, or how an ended one ended. */
export function describeWaiting({ kind, state, verdicts, endCode, note, refresh }: PromotionView): string {
  if (state === 'running') return 'agents load it';
  if (state !== 'pending') return endCode ?? (kind === 'rollback' ? describeDone(note, refresh) : '');
  const red = sortVerdicts(verdicts).filter(({ decision }) => decision !== 'allow');
  return red
    .map(({ gate, code, askAgainAt }) =>
      askAgainAt === null ? `${gate} ${code}` : `${gate} ${code} until ${askAgainAt}`,
    )
    .join(', ');
}
