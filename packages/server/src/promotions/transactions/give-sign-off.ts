import type { ReleaseView, SignOffView } from '@towpath/api';
import { findRules, isSameHuman, type PersonRole, type PromotionRules } from '@towpath/core';
import type pg from 'pg';
import { findHuman, type Human } from '../../access/operations/find-human.ts';
import { writeAudit } from '../../audit/operations/write-audit.ts';
import { type Transaction, withTransaction } from '../../db/database.ts';
import { createOutbox, type Outbox, publish } from '../../events/transactions/publish.ts';
import type { RequireSpeaker } from '../../http/require-speaker.ts';
import { findRelease } from '../../releases/operations/find-release.ts';
import { releaseUnknown } from '../../releases/release-errors.ts';
import { environmentUnknown } from '../../runs/run-errors.ts';
import { abortLocked } from '../abort-locked.ts';
import { auditWithdrawal } from '../audit-withdrawal.ts';
import { findAskers } from '../operations/find-askers.ts';
import { findLivePromotion } from '../operations/find-live-promotion.ts';
import { findPolicy } from '../operations/find-policy.ts';
import { findTarget } from '../operations/find-target.ts';
import { insertSignOff } from '../operations/insert-sign-off.ts';
import { listSignOffs } from '../operations/list-sign-offs.ts';
import { listSpeakers } from '../operations/list-speakers.ts';
import { lockDecisions } from '../operations/lock-decisions.ts';
import { withdrawSignOff } from '../operations/withdraw-sign-off.ts';
import { isByBinding, type Promoter } from '../promoter.ts';
import { noteMissing, signOffOfAuthor } from '../sign-off-errors.ts';
import { isWordOf } from '../whose-word.ts';

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
  if (decision === 'refused' && (request.note?.trim() ?? '') === '') throw noteMissing('release');
  return withTransaction(pool, 'give-sign-off', async (tx) => {
    await lockDecisions(tx, environment);
    await requireSpeaker(tx);
    const target = await findTarget(tx, environment);
    if (!target) throw environmentUnknown(environment);
    const release = await findRelease(tx, releaseId);
    if (!release) throw releaseUnknown(releaseId);
    const human = await findHuman(tx, by);
    if (decision === 'approved') await requireOther(tx, release, human);
    const rules = findRules((await findPolicy(tx)).policy, target);
    await withdrawOwn(tx, request, human);
    const given = await insertSignOff(tx, {
      ...request,
      role: chooseRole(await findWanted(tx, request, rules), by),
      person: by.name,
      days: rules.signOffDays,
      account: human.account,
      isByBinding: isByBinding(by),
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

/** Also of a service account: the person behind it. */
async function requireOther(tx: Transaction, { id, version }: ReleaseView, human: Human): Promise<void> {
  const askers = await findAskers(tx, { releaseId: id });
  if (askers && isSameHuman(askers.author, human)) throw signOffOfAuthor(`Whoever made ${version} can't sign it off.`);
}

// Of the very person: a name may have been somebody else's.
async function withdrawOwn(tx: Transaction, { releaseId, environment }: SignOffRequest, human: Human): Promise<void> {
  const ids = (await listSpeakers(tx, releaseId, environment))
    .filter((one) => isWordOf(one, human))
    .map(({ id }) => id);
  const own = (await listSignOffs(tx, { releaseId, environment })).filter(({ id }) => ids.includes(id));
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
