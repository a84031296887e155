// A policy's own examples: a promotion in a few words, and what the policy shall decide about it. Judged by the same pure gates.
import type { DeclaredFreeze, NamedDay } from '../calendar/freeze-calendar.ts';
import type { EnvironmentKind } from '../environments/environment.ts';
import { toUnaskedEvidence } from '../evidence/unasked-evidence.ts';
import { judgePromotion } from '../gates/judge-promotion.ts';
import type { ParityFacts } from '../gates/parity-facts.ts';
import type {
  DeployPlanFacts,
  PipelineDurations,
  PromotionFacts,
  SignOff,
  SourceFacts,
} from '../gates/promotion-facts.ts';
import type { GateDecision, GateName, Judgement } from '../gates/verdict.ts';
import { createEmergency, type Emergency, listEmergencyGates } from './emergency.ts';
import { findRules, type PromotionPolicy, type PromotionRules } from './policy.ts';

/** What is so; what is left out is not. */
export interface ExampleFacts {
  /** Hours that the release has run in the environment before; absent: it never ran there. */
  readonly soakedHours?: number | undefined;
  /** True: there is no environment before. */
  readonly isFirst?: boolean | undefined;
  /** Successful runs in a row, by pipeline. */
  readonly cycles?: Readonly<Record<string, number>> | undefined;
  /** Quarantined rows of runs, by pipeline, newest first. */
  readonly quarantined?:
    | Readonly<Record<string, { readonly since: readonly number[]; readonly before: readonly number[] }>>
    | undefined;
  readonly isRehearsed?: boolean | undefined;
  /** Medians of runs before and with the release, by pipeline. */
  readonly durations?:
    | Readonly<Record<string, { readonly beforeSeconds: number; readonly afterSeconds: number }>>
    | undefined;
  /** What the declarations come to; absent: nothing speaks against them. Lists name subjects as towpath.yaml does: `variables.REGION`. */
  readonly parity?:
    | {
        readonly lacking?: readonly string[] | undefined;
        readonly otherwise?: readonly string[] | undefined;
        readonly unset?: readonly string[] | undefined;
        readonly differences?: readonly string[] | undefined;
        readonly isRecorded?: boolean | undefined;
      }
    | undefined;
  readonly changeRecord?: string | undefined;
  readonly signOffs?: readonly ExampleSignOff[] | undefined;
  /** A plan of the deploy command that an agent made, and who said what of it. */
  readonly deployPlan?:
    | { readonly hoursAgo?: number | undefined; readonly signOffs?: readonly ExampleSignOff[] | undefined }
    | undefined;
  readonly rollbackPlan?: string | undefined;
  readonly notBefore?: string | undefined;
  readonly freezes?:
    | readonly { readonly reason: string; readonly startsAt: string; readonly endsAt?: string | undefined }[]
    | undefined;
  /** Bank holidays: examples look nothing up. */
  readonly holidays?: readonly NamedDay[] | undefined;
  readonly emergency?: { readonly reason: string; readonly askedHoursAgo?: number | undefined } | undefined;
}

/** Somebody's word; nobody is `author` (recorded the release) or `initiator` (asked for it) but by that name. */
export interface ExampleSignOff {
  readonly role: string;
  readonly person: string;
  readonly decision?: SignOff['decision'] | undefined;
  readonly hoursAgo?: number | undefined;
}

/** An example of a policy. */
export interface PolicyExample {
  readonly name: string;
  readonly environment: { readonly name: string; readonly kind: EnvironmentKind };
  readonly at: string;
  readonly facts: ExampleFacts;
  readonly expect: {
    readonly decision: GateDecision;
    /** All gates that don't allow it; absent: not looked at. */
    readonly red?: readonly GateName[] | undefined;
  };
}

/** How an example came out. */
export interface JudgedExample {
  readonly name: string;
  readonly isAsExpected: boolean;
  readonly judgement: Judgement;
}

const HOUR_MS = 3600 * 1000;
const RELEASE = { id: 'the release of the example', project: 'example', author: 'author' };

/** Judges one. */
export function judgeExample(policy: PromotionPolicy, example: PolicyExample): JudgedExample {
  const { name, environment, expect } = example;
  const rules = findRules(policy, environment);
  const nowMs = Date.parse(example.at);
  const emergency = toEmergency(example.facts, rules, nowMs);
  const facts = toFacts(example, { rules, sources: policy.evidence, emergency, nowMs });
  const gates = emergency ? listEmergencyGates(emergency) : undefined;
  const judgement = judgePromotion({ facts, rules, gates }, nowMs);
  const red = judgement.verdicts.filter(({ decision }) => decision !== 'allow').map(({ gate }) => gate);
  const isAsExpected = judgement.decision === expect.decision && (!expect.red || isSameSet(red, expect.red));
  return { name, isAsExpected, judgement };
}

function isSameSet(one: readonly string[], other: readonly string[]): boolean {
  return one.every((name) => other.includes(name)) && other.every((name) => one.includes(name));
}

function toEmergency({ emergency }: ExampleFacts, rules: PromotionRules, nowMs: number): Emergency | null {
  return emergency ? createEmergency(emergency.reason, rules, nowMs - (emergency.askedHoursAgo ?? 0) * HOUR_MS) : null;
}

interface Judging {
  readonly rules: PromotionRules;
  readonly sources: PromotionPolicy['evidence'];
  readonly emergency: Emergency | null;
  readonly nowMs: number;
}

function toFacts({ environment, facts }: PolicyExample, judging: Judging): PromotionFacts {
  const { rules, sources, emergency, nowMs } = judging;
  const changeRecord = facts.changeRecord ?? null;
  const subject = { environment: environment.name, version: '', commit: '', changeRecord, deployedAt: null };
  return {
    release: RELEASE,
    environment: { ...environment, project: null },
    initiator: 'initiator',
    rollbackPlan: facts.rollbackPlan ?? null,
    notBeforeMs: facts.notBefore === undefined ? null : Date.parse(facts.notBefore),
    emergency,
    changeRecord,
    durations: known(Object.entries(facts.durations ?? {}).map(toDurations)),
    parity: known(toParity(facts.parity)),
    // An example asks nobody: what outside services would have to say is unknown.
    evidence: toUnaskedEvidence(rules, sources, subject),
    source: known(toSource(facts, nowMs)),
    signOffs: known((facts.signOffs ?? []).map((one) => toSignOff(one, environment.name, judging))),
    deployPlan: known(toDeployPlan(facts.deployPlan, judging)),
    holidays: known(facts.holidays ?? []),
    freezes: known((facts.freezes ?? []).map(toFreeze)),
  };
}

function toParity({ isRecorded = true, ...found }: NonNullable<ExampleFacts['parity']> = {}): ParityFacts {
  if (!isRecorded) return { state: 'unrecorded' };
  const { lacking = [], otherwise = [], unset = [], differences = [] } = found;
  return { state: 'compared', before: 'before', areValuesCompared: true, lacking, otherwise, unset, differences };
}

function toDurations([pipeline, { beforeSeconds, afterSeconds }]: readonly [
  string,
  { readonly beforeSeconds: number; readonly afterSeconds: number },
]): PipelineDurations {
  const [beforeMs, afterMs] = [beforeSeconds * 1000, afterSeconds * 1000];
  return { pipeline, beforeMs, afterMs, beforeRuns: 1, afterRuns: 1 };
}

function toSource({ isFirst, soakedHours, ...facts }: ExampleFacts, nowMs: number): SourceFacts | null {
  if (isFirst) return null;
  if (soakedHours === undefined) return { environment: 'before', deployment: null };
  const cycles = Object.entries(facts.cycles ?? {});
  return {
    environment: 'before',
    deployment: {
      startedAtMs: nowMs - soakedHours * HOUR_MS,
      endedAtMs: null,
      pipelines: cycles.map(([pipeline, successesInARow]) => ({ pipeline, successesInARow })),
      quarantine: Object.entries(facts.quarantined ?? {}).map(([pipeline, counts]) => ({ pipeline, ...counts })),
      rehearsedAtMs: facts.isRehearsed ? nowMs : null,
    },
  };
}

function toSignOff(one: ExampleSignOff, environment: string, { rules, nowMs }: Judging): SignOff {
  const { role, person, decision = 'approved', hoursAgo = 0 } = one;
  const givenAtMs = nowMs - hoursAgo * HOUR_MS;
  const expiresAtMs = givenAtMs + rules.signOffDays * 24 * HOUR_MS;
  return { releaseId: RELEASE.id, environment, role, person, decision, givenAtMs, expiresAtMs, note: null };
}

function toDeployPlan(plan: ExampleFacts['deployPlan'], { rules, nowMs }: Judging): DeployPlanFacts | null {
  if (!plan) return null;
  const { hoursAgo = 0, signOffs = [] } = plan;
  const expiresAtMs = nowMs + ((rules.deployPlan?.expiresHours ?? 0) - hoursAgo) * HOUR_MS;
  const said = signOffs.map(({ role, person, decision = 'approved' }) => ({ role, person, decision, note: null }));
  return { id: 'plan', agent: 'agent', expiresAtMs, content: { kind: 'made', sha256: '' }, signOffs: said };
}

function toFreeze(freeze: {
  readonly reason: string;
  readonly startsAt: string;
  readonly endsAt?: string | undefined;
}): DeclaredFreeze {
  const { reason, startsAt, endsAt } = freeze;
  return { reason, startsAtMs: Date.parse(startsAt), endsAtMs: endsAt === undefined ? null : Date.parse(endsAt) };
}

function known<T>(value: T): { readonly isKnown: true; readonly value: T } {
  return { isKnown: true, value };
}
