// The facts of a promotion, from the server's own tables. Whoever holds the decisions of the environment locked while it reads
// them may act upon them until it commits.
import type { DeployPlanView, ReleaseView } from '@towpath/api';
import {
  type DeployPlanFacts,
  type Emergency,
  type EvidenceSubject,
  type Fact,
  findRules,
  type PromotionFacts,
  type PromotionRules,
  type QuarantineRules,
  type SourceFacts,
} from '@towpath/core';
import { findHuman } from '../access/operations/find-human.ts';
import type { Db } from '../db/database.ts';
import { readEvidenceFacts } from '../evidence/wanted-evidence.ts';
import type { HolidayBook } from './holiday-book.ts';
import { findAskers } from './operations/find-askers.ts';
import { findDeployPlan } from './operations/find-deploy-plan.ts';
import { findPolicy } from './operations/find-policy.ts';
import { findRehearsal } from './operations/find-rehearsal.ts';
import { findSource } from './operations/find-source.ts';
import type { PromotionTarget } from './operations/find-target.ts';
import { findVoidedPlan } from './operations/find-voided-plan.ts';
import { listCycles } from './operations/list-cycles.ts';
import { listDurations } from './operations/list-durations.ts';
import { listFreezes } from './operations/list-freezes.ts';
import type { Promoter } from './promoter.ts';
import { readParity } from './read-parity.ts';
import { readQuarantine } from './read-quarantine.ts';
import { readPlanSignOffs, readSignOffs } from './read-sign-offs.ts';

/** What is asked for, by whom. */
export interface PromotionQuestion {
  readonly release: Pick<ReleaseView, 'id' | 'project' | 'version' | 'createdBy' | 'bill'>;
  readonly target: PromotionTarget;
  readonly initiator: string;
  /** Who would ask; absent: the promotion knows. */
  readonly by?: Pick<Promoter, 'name' | 'tokenId'> | undefined;
  readonly rollbackPlan: string | null;
  readonly changeRecord: string | null;
  readonly notBefore: string | null;
  readonly emergency: Emergency | null;
  /** Absent: it is not asked for yet, so there is no plan of its deploy command. */
  readonly promotionId?: string | undefined;
  /** Moment that is asked about, in ms since 1970. */
  readonly atMs: number;
}

/** Facts, and the rules they are judged by. */
export interface PromotionCaseFacts {
  readonly facts: PromotionFacts;
  readonly rules: PromotionRules;
  readonly policyVersion: number;
}

/** Reads them. The holidays are loaded. */
export async function readFacts(db: Db, book: HolidayBook, question: PromotionQuestion): Promise<PromotionCaseFacts> {
  const { release, target, initiator, rollbackPlan, changeRecord, notBefore, emergency, atMs } = question;
  const { version, policy } = await findPolicy(db);
  const rules = findRules(policy, target);
  const source = await readSource(db, {
    environment: target.name,
    releaseId: release.id,
    quarantine: rules.quarantine,
  });
  const facts: PromotionFacts = {
    release: { id: release.id, project: release.project, author: release.createdBy },
    environment: target,
    initiator,
    behind: await readBehind(db, question),
    rollbackPlan,
    changeRecord,
    notBeforeMs: toMs(notBefore),
    emergency,
    source: known(source),
    signOffs: known(await readSignOffs(db, target.name, release.id)),
    deployPlan: known(await readDeployPlan(db, question, rules)),
    holidays: book.find(rules.freeze, atMs),
    freezes: known(await readFreezes(db, target.name)),
    durations: known(await readDurations(db, { rules, source, releaseId: release.id })),
    parity: known(await readParity(db, target.name, release.bill)),
    evidence: await readEvidenceFacts(db, { policy, rules }, toSubject(question, source)),
  };
  return { facts, rules, policyVersion: version };
}

async function readBehind(db: Db, { release, promotionId, initiator, by }: PromotionQuestion) {
  const askers = await findAskers(db, { releaseId: release.id, promotionId });
  return {
    author: askers?.author ?? { name: release.createdBy },
    initiator: askers?.initiator ?? (by ? await findHuman(db, by) : { name: initiator }),
  };
}

function toSubject({ release, target, changeRecord }: PromotionQuestion, source: SourceFacts | null): EvidenceSubject {
  const { version, bill } = release;
  const deployedAt = source?.deployment ? new Date(source.deployment.startedAtMs).toISOString() : null;
  return { environment: target.name, version, commit: bill.gitSha, changeRecord, deployedAt };
}

async function readDurations(db: Db, { rules, source, releaseId }: DurationQuestion) {
  if (rules.performance === null || !source?.deployment) return [];
  const sinceAt = new Date(source.deployment.startedAtMs).toISOString();
  return listDurations(db, { releaseId, environment: source.environment, sinceAt, runs: rules.performance.runs });
}

interface DurationQuestion {
  readonly rules: PromotionRules;
  readonly source: SourceFacts | null;
  readonly releaseId: string;
}

function known<T>(value: T): Fact<T> {
  return { isKnown: true, value };
}

interface SourceQuestion {
  readonly environment: string;
  readonly releaseId: string;
  readonly quarantine: QuarantineRules | null;
}

async function readSource(db: Db, { environment, releaseId, quarantine }: SourceQuestion): Promise<SourceFacts | null> {
  const source = await findSource(db, environment, releaseId);
  if (!source) return null;
  const { environment: before, deployment } = source;
  if (!deployment) return { environment: before, deployment: null };
  const { startedAt, endedAt } = deployment;
  const key = { releaseId, environment: before, sinceAt: startedAt };
  return {
    environment: before,
    deployment: {
      startedAtMs: Date.parse(startedAt),
      endedAtMs: toMs(endedAt),
      pipelines: await listCycles(db, key),
      quarantine: quarantine && (await readQuarantine(db, key, quarantine.runs)),
      rehearsedAtMs: toMs(await findRehearsal(db, before, releaseId)),
    },
  };
}

async function readDeployPlan(
  db: Db,
  { target, promotionId }: PromotionQuestion,
  rules: PromotionRules,
): Promise<DeployPlanFacts | null> {
  if (promotionId === undefined) return null;
  // A rule that became shorter since a plan was made holds for it, too.
  const found = await findDeployPlan(db, promotionId, rules.deployPlan?.expiresHours ?? null);
  if (!found) return null;
  const { id, agent, expiresAt, sha256, error } = found.plan;
  const content = sha256 === null ? toFailed(error) : { kind: 'made' as const, sha256 };
  const signOffs = await readPlanSignOffs(db, target.name, found.plan);
  const voided = await findVoidedPlan(db, found.plan.promotionId);
  return { id, agent, expiresAtMs: Date.parse(expiresAt), content, signOffs, ...(voided && { voided }) };
}

function toFailed(error: DeployPlanView['error']): DeployPlanFacts['content'] {
  return { kind: 'failed', code: error?.code ?? '', message: error?.message ?? '' };
}

/** Freezes that were declared and not lifted, as the calendar takes them. */
export async function readFreezes(db: Db, environment: string) {
  const all = await listFreezes(db, environment);
  return all.map(({ reason, startsAt, endsAt }) => ({
    reason,
    startsAtMs: Date.parse(startsAt),
    endsAtMs: toMs(endsAt),
  }));
}

function toMs(instant: string | null): number | null {
  return instant === null ? null : Date.parse(instant);
}
