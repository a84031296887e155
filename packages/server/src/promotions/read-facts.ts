// The facts of a promotion, from the server's own tables. Whoever holds the decisions of the environment locked while it reads
// them may act upon them until it commits.
import {
  type Emergency,
  type Fact,
  findRules,
  type PromotionFacts,
  type PromotionRules,
  type SourceFacts,
} from '@towpath/core';
import type { Db } from '../db/database.ts';
import type { HolidayBook } from './holiday-book.ts';
import { findPolicy } from './operations/find-policy.ts';
import { findRehearsal } from './operations/find-rehearsal.ts';
import { findSource } from './operations/find-source.ts';
import type { PromotionTarget } from './operations/find-target.ts';
import { listCycles } from './operations/list-cycles.ts';
import { listFreezes } from './operations/list-freezes.ts';
import { listSignOffs } from './operations/list-sign-offs.ts';
import { readQuarantine } from './read-quarantine.ts';

/** What is asked for, by whom. */
export interface PromotionQuestion {
  readonly release: { readonly id: string; readonly project: string; readonly createdBy: string };
  readonly target: PromotionTarget;
  readonly initiator: string;
  readonly rollbackPlan: string | null;
  readonly notBefore: string | null;
  readonly emergency: Emergency | null;
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
  const { release, target, initiator, rollbackPlan, notBefore, emergency, atMs } = question;
  const { version, policy } = await findPolicy(db);
  const rules = findRules(policy, target);
  const facts: PromotionFacts = {
    release: { id: release.id, project: release.project, author: release.createdBy },
    environment: target,
    initiator,
    rollbackPlan,
    notBeforeMs: toMs(notBefore),
    emergency,
    source: known(await readSource(db, target.name, release.id)),
    signOffs: known(await readSignOffs(db, target.name, release.id)),
    holidays: book.find(rules.freeze, atMs),
    freezes: known(await readFreezes(db, target.name)),
  };
  return { facts, rules, policyVersion: version };
}

function known<T>(value: T): Fact<T> {
  return { isKnown: true, value };
}

async function readSource(db: Db, environment: string, releaseId: string): Promise<SourceFacts | null> {
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
      quarantine: await readQuarantine(db, key),
      rehearsedAtMs: toMs(await findRehearsal(db, before, releaseId)),
    },
  };
}

async function readSignOffs(db: Db, environment: string, releaseId: string) {
  const all = await listSignOffs(db, { releaseId, environment });
  return all.flatMap(({ withdrawnAt, expiresAt, givenAt, releaseId: id, role, person, decision, note }) =>
    withdrawnAt === null
      ? [
          {
            releaseId: id,
            environment,
            role,
            person,
            decision,
            note,
            givenAtMs: Date.parse(givenAt),
            expiresAtMs: Date.parse(expiresAt),
          },
        ]
      : [],
  );
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
