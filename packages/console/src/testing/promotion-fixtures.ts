// What worlds of promotions are made of: releases, verdicts, promotions, rows and cells of the board, sign-offs, freezes.
import type {
  BoardPipeline,
  BoardRow,
  DeployPlanView,
  FreezeView,
  PromotionView,
  ReleaseView,
  SignOffView,
  VerdictView,
} from '@towpath/api';
import { GATE_REASONS, type GateReason, listGates, planPromotion, type RunState } from '@towpath/core';
import { ago, uuidOf } from './fixtures.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A hash of 64 digits, made of a word of hexadecimal digits. */
const hashOf = (word: string): string => word.repeat(64).slice(0, 64);

/** A release of `markets`; its hashes are made of a word of hexadecimal digits. */
export function releaseOf(
  version: string,
  word: string,
  pipelines: readonly string[],
  createdAgoMs: number,
): ReleaseView {
  return {
    id: hashOf(word),
    project: 'markets',
    version,
    bill: {
      schemaVersion: 1,
      project: 'markets',
      gitSha: hashOf(`${word}c0de`).slice(0, 40),
      bundleHash: hashOf(`${word}b`),
      pipelines: pipelines.map((name) => ({
        name,
        sourceFile: `pipelines/${name}.ts`,
        graphHash: hashOf(name === 'trades' ? 'aa' : word),
      })),
      datakits: [
        { name: 'sqlserver', version: '1.4.0' },
        { name: 'dbt', version: version === 'v1.3.3' ? '0.3.0' : '0.2.0' },
      ],
      pools: { warehouse: 4 },
      configurationHash: hashOf('c0f19'),
    },
    changelog: `## ${version}\n\n- Positions of the previous day are compared with the clearing house.\n- Trades without a venue are quarantined, no longer dropped.`,
    createdAt: ago(createdAgoMs),
    createdBy: 'ada',
    createdFrom: 'ci-17',
  };
}

/** A plan of a deploy command, that nobody said anything about. */
export function planOf(promotionId: string, number: number, more: Partial<DeployPlanView> = {}): DeployPlanView {
  return {
    ...{
      id: uuidOf(860_000 + number),
      promotionId,
      agent: 'prod-a',
      sha256: hashOf(`${number}`),
      sizeBytes: 1,
      output: '',
    },
    ...{ isOutputCut: false, error: null, madeAt: ago(number * HOUR), expiresAt: ago(-DAY), acceptedAt: null },
    ...{ withdrawnAt: null, withdrawnWhy: null, signOffs: [] },
    ...more,
  };
}

/** A verdict as the server tells it. */
export function verdictOf(
  gate: VerdictView['gate'],
  decision: VerdictView['decision'],
  code: GateReason,
  more: Partial<Pick<VerdictView, 'evidence' | 'askAgainAt'>> = {},
): VerdictView {
  return { gate, decision, code, reason: GATE_REASONS[code], evidence: {}, askAgainAt: null, ...more };
}

interface PromotionOptions {
  readonly number: number;
  readonly environment: string;
  readonly release: ReleaseView;
  readonly from: ReleaseView | null;
  readonly state: PromotionView['state'];
  readonly agoMs: number;
  readonly more?: Partial<PromotionView>;
}

/** One promotion. */
export function promotionOf({
  number,
  environment,
  release,
  from,
  state,
  agoMs,
  more,
}: PromotionOptions): PromotionView {
  const { id, project, version } = release;
  const hasStarted = state === 'succeeded' || state === 'running' || state === 'errored';
  const isOver = state !== 'pending' && state !== 'running';
  const gates = listGates('promotion', null, { deployPlan: null });
  return {
    id: uuidOf(800_000 + number),
    environment,
    release: { id, project, version },
    kind: 'promotion',
    state,
    plan: structuredClone(planPromotion('promotion', from?.bill ?? null, release.bill, gates)) as PromotionView['plan'],
    rollbackPlan: null,
    notBefore: null,
    note: null,
    emergency: null,
    changeRecord: null,
    requestedAt: ago(agoMs),
    requestedBy: 'rita',
    verdicts: [],
    policyVersion: 0,
    judgedAt: ago(agoMs - MINUTE),
    askAgainAt: null,
    startedAt: hasStarted ? ago(agoMs - 2 * MINUTE) : null,
    endedAt: isOver ? ago(agoMs - 3 * MINUTE) : null,
    endCode: null,
    endReason: null,
    refresh: null,
    ...more,
  };
}

/** What an environment of `markets` runs. */
export function rowOf(environment: string, kind: BoardRow['kind'], release: ReleaseView, sinceMs: number): BoardRow {
  const { id, project, version } = release;
  const named = { id, project, version };
  return {
    environment,
    kind,
    project: 'markets',
    deployment: { release: named, since: ago(sinceMs) },
    desired: named,
    agents: [{ name: `${environment}-a`, release: named, error: null }],
    promotion: null,
    unfinishedDeploy: null,
    lastRuns: ['succeeded', 'succeeded', 'failed', 'succeeded'],
    areOfRelease: [true, true, false, false],
  };
}

const STATES: readonly RunState[] = ['succeeded', 'succeeded', 'failed', 'succeeded', 'cancelled', 'succeeded'];

/** A pipeline that ran ten times; another seed, other ends. */
export function cellOf(environment: string, name: string, seed: number): BoardPipeline {
  return {
    environment,
    name,
    lastRuns: Array.from({ length: 10 }, (_, index) => STATES[(seed + index) % STATES.length] ?? 'succeeded'),
    areOfRelease: Array.from({ length: 10 }, (_, index) => index < seed % 11),
    newestRun: { id: uuidOf(600_000 + seed), at: ago((seed % 50) * MINUTE + 5000) },
  };
}

/** What somebody said of a release for prod. */
export function signOffOf(releaseId: string, number: number, more: Partial<SignOffView> = {}): SignOffView {
  return {
    id: uuidOf(810_000 + number),
    releaseId,
    environment: 'prod',
    role: 'engineer',
    person: 'grace',
    decision: 'approved',
    note: 'rows compared with int',
    givenAt: ago(HOUR),
    expiresAt: ago(-7 * DAY),
    withdrawnAt: null,
    withdrawnBy: null,
    withdrawnWhy: null,
    accessRevokedAt: null,
    ...more,
  };
}

/** A freeze that somebody declared. */
export function freezeOf(environment: string, reason: string): FreezeView {
  return {
    id: uuidOf(820_000),
    environment,
    reason,
    startsAt: ago(20 * MINUTE),
    endsAt: null,
    declaredAt: ago(20 * MINUTE),
    declaredBy: 'rita',
    liftedAt: null,
    liftedBy: null,
  };
}
