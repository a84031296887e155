import type { SignOffView } from '@towpath/api';
import { findRules, type PersonRole, type PromotionRules, TowpathError } from '@towpath/core';
import type pg from 'pg';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import type { RequireSpeaker } from '../../http/require-speaker.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { releaseUnknown } from '../../releases/release-errors.ts';
import { environmentUnknown } from '../../runs/run-errors.ts';
import { abortLocked } from '../abort-locked.ts';
import { auditWithdrawal } from '../audit-withdrawal.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { findPolicy } from '../operations/find-policy.ts';
import { findTarget } from '../operations/find-target.ts';
import { insertSignOff } from '../operations/insert-sign-off.ts';
import { listSignOffs } from '../operations/list-sign-offs.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { withdrawSignOff } from '../operations/withdraw-sign-off.ts';
import type { Promoter } from '../promoter.ts';

/** What somebody says about a release. */
export interface SignOffRequest {
  readonly releaseId: string;
  readonly environment: string;
  readonly decision: SignOffView['decision'];
  readonly note?: string | undefined;
  readonly by: Promoter;
}

/**
 * Keeps what a person says of a release in an environment; what the same person said before is withdrawn. Locks: the decisions
 * about the environment, then, shared, the access of the person.
 *
 * @throws TowpathError `ENVIRONMENT_UNKNOWN`, `RELEASE_UNKNOWN`, `SIGN_OFF_OF_AUTHOR`, `NOTE_MISSING`, `AUTHENTICATION_REQUIRED`
 */
export async function giveSignOff(
  pool: pg.Pool,
  request: SignOffRequest,
  requireSpeaker: RequireSpeaker,
): Promise<SignOffView> {
  const { releaseId, environment, decision, by } = request;
  if (decision === 'refused' && (request.note?.trim() ?? '') === '') throw noteMissing();
  return withTransaction(pool, 'give-sign-off', async (tx) => {
    await lockDecisions(tx, environment);
    await requireSpeaker(tx);
    const target = await findTarget(tx, environment);
    if (!target) throw environmentUnknown(environment);
    const release = await findRelease(tx, releaseId);
    if (!release) throw releaseUnknown(releaseId);
    if (decision === 'approved' && release.createdBy === by.name) throw authorRefused(release.version);
    const rules = findRules((await findPolicy(tx)).policy, target);
    await withdrawOwn(tx, request);
    const given = await insertSignOff(tx, {
      ...request,
      role: chooseRole(await findWanted(tx, request, rules), by),
      person: by.name,
      days: rules.signOffDays,
    });
    await audit(tx, given, release.version);
    const outbox = createOutbox();
    if (decision === 'refused') await endRunning(tx, given, outbox);
    outbox.events.push({ kind: 'environment.changed', environment });
    outbox.topics.add('promotions');
    await publish(tx, outbox);
    return given;
  });
}

/** What waits is ended by its gate; what agents load already is ended here. */
async function endRunning(tx: Transaction, refusal: SignOffView, outbox: Outbox): Promise<void> {
  const { environment, releaseId, person, note } = refusal;
  const live = await findLivePromotion(tx, environment);
  if (live?.kind !== 'promotion' || live.state !== 'running' || live.release.id !== releaseId) return;
  await abortLocked(tx, live, { by: person, code: 'SIGN_OFF_REFUSED', reason: note ?? '' }, outbox);
}

async function findWanted(
  tx: Transaction,
  { environment, releaseId }: SignOffRequest,
  { signOffs, emergency }: PromotionRules,
) {
  const live = await findLivePromotion(tx, environment);
  return live?.emergency && live.release.id === releaseId ? (emergency?.approvals ?? {}) : signOffs;
}

// Of several roles, one that the policy waits for: a person has one word.
function chooseRole(wanted: PromotionRules['signOffs'], { role, roles = [role] }: Promoter): PersonRole {
  return roles.find((one) => (wanted[one] ?? 0) > 0) ?? role;
}

async function withdrawOwn(tx: Transaction, { by, ...key }: SignOffRequest): Promise<void> {
  const own = (await listSignOffs(tx, key)).filter((one) => one.person === by.name && one.withdrawnAt === null);
  for (const one of own) {
    await withdrawSignOff(tx, one.id);
    await auditWithdrawal(tx, one, 'The same person said something newer.');
  }
}

async function audit(tx: Transaction, given: SignOffView, version: string): Promise<void> {
  const { id, releaseId, environment, person, role, decision, note, expiresAt } = given;
  await writeAudit(tx, {
    actor: { kind: 'person', name: person },
    action: decision === 'refused' ? 'sign-off.refused' : 'sign-off.given',
    subject: { kind: 'release', id: releaseId, name: version },
    environment,
    why: note,
    details: { signOff: id, role, decision, expiresAt },
  });
}

function authorRefused(version: string): TowpathError {
  return new TowpathError({
    code: 'SIGN_OFF_OF_AUTHOR',
    message: `Whoever made ${version} can't sign it off.`,
    cause: 'Four eyes see more than two.',
    fix: 'Ask somebody else of your role.',
  });
}

function noteMissing(): TowpathError {
  return new TowpathError({
    code: 'NOTE_MISSING',
    message: 'Why is it refused?',
    fix: 'Give the reason as a note; it is shown to everybody who waits for the release.',
  });
}
