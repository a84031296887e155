// Releases on their way: three environments of one project, one of them production, where a release waits for its gates.
import type { BoardPipeline, BoardRow, VerdictView } from '@towpath/api';
import { type Closure, findRules, GATE_REASONS, SHIPPED_POLICY } from '@towpath/core';
import { ago, LOCAL, uuidOf, type World } from './fixtures.ts';
import { cellOf, freezeOf, planOf, promotionOf, releaseOf, rowOf, signOffOf, verdictOf } from './promotion-fixtures.ts';
import type { Promotions } from './promotions.ts';
import { typicalWorld } from './worlds.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const OLD_RELEASE = releaseOf('v1.3.2', '0ddba11', ['surveillance', 'trades'], 9 * DAY);
export const NEW_RELEASE = releaseOf('v1.3.3', 'f005ba11', ['surveillance', 'trades', 'positions'], 2 * DAY);

/** Ids of promotions in `promotionsWorld`. */
export const WAITING_ID = uuidOf(800_003);
export const DONE_ID = uuidOf(800_001);
export const REFUSED_ID = uuidOf(800_000);

const SOAK_OVER = ago(-21 * HOUR);

const VERDICTS: readonly VerdictView[] = [
  verdictOf('order', 'allow', 'ORDER_KEPT', { evidence: { before: 'staging', deployedAt: ago(3 * HOUR) } }),
  verdictOf('soak', 'defer', 'SOAK_RUNNING', {
    evidence: { before: 'staging', soakHours: 24, deployedAt: ago(3 * HOUR), replacedAt: null, enoughAt: SOAK_OVER },
    askAgainAt: SOAK_OVER,
  }),
  verdictOf('cycles', 'allow', 'CYCLES_COMPLETE', {
    evidence: { before: 'staging', cycles: 2, successesInARow: { surveillance: 4, trades: 3, positions: 2 } },
  }),
  verdictOf('sign-offs', 'defer', 'SIGN_OFFS_MISSING', {
    evidence: { given: { engineer: ['grace'] }, missing: { business: 1, 'release-manager': 1 } },
  }),
  verdictOf('rollback-plan', 'allow', 'ROLLBACK_PLAN_PRESENT', { evidence: { plan: 'npx towpath rollback prod' } }),
  verdictOf('freeze', 'allow', 'CALENDAR_OPEN'),
  verdictOf('not-before', 'allow', 'START_NOT_LIMITED'),
];

function environmentOf(name: string, kind: BoardRow['kind']): World['environments'][number] {
  return { ...LOCAL, name, kind, colour: kind === 'production' ? 'red' : 'blue' };
}

/** Days from today on, of which some are closed as in the shipped calendar, and some hours of one are, outside of a weekly window. */
function daysOf(closures: (index: number) => readonly Closure[]): Promotions['days'] {
  return Array.from({ length: 42 }, (_, index) => {
    const on = ago(-index * DAY).slice(0, 10);
    const at = (hours: number) => new Date(Date.parse(`${on}T00:00:00Z`) + hours * HOUR).toISOString();
    const own = closures(index);
    const isWindowed = own.some(({ kind }) => kind === 'window');
    const open = isWindowed
      ? [{ startsAt: at(9), endsAt: at(16) }]
      : own.length > 0
        ? []
        : [{ startsAt: at(0), endsAt: at(24) }];
    const ranges = own.flatMap((closure) =>
      closure.kind === 'window'
        ? [
            { ...closure, startsAt: at(-8), endsAt: at(9) },
            { ...closure, startsAt: at(16), endsAt: at(33) },
          ]
        : [{ ...closure, startsAt: at(0), endsAt: at(24) }],
    );
    return { on, closures: ranges, open };
  });
}

const MONTH_END: Closure = { kind: 'month-end', name: 'last 3 business days of the month' };
const OUTSIDE: Closure = { kind: 'window', name: 'outside of mon, tue, wed, thu 09:00-16:00 UTC' };
const FILING: Closure = { kind: 'filing-date', name: 'MiFIR filing' };

/** One that took effect, and one that was refused. */
function pastPromotions() {
  const done = promotionOf({
    number: 1,
    environment: 'int',
    release: NEW_RELEASE,
    from: OLD_RELEASE,
    state: 'succeeded',
    agoMs: 2 * DAY,
  });
  const refused = promotionOf({
    number: 0,
    environment: 'prod',
    release: OLD_RELEASE,
    from: null,
    state: 'failed',
    agoMs: 8 * DAY,
    more: {
      verdicts: [verdictOf('rollback-plan', 'deny', 'ROLLBACK_PLAN_MISSING')],
      endCode: 'ROLLBACK_PLAN_MISSING',
      endReason: GATE_REASONS.ROLLBACK_PLAN_MISSING,
    },
  });
  return [done, refused] as const;
}

/** v1.3.3 is in int and staging, and waits for prod; an agent of staging drifts. */
export function promotionsWorld(): World {
  const waiting = promotionOf({
    number: 3,
    environment: 'prod',
    release: NEW_RELEASE,
    from: OLD_RELEASE,
    state: 'pending',
    agoMs: 2 * HOUR,
    more: {
      verdicts: [...VERDICTS],
      rollbackPlan: 'npx towpath rollback prod',
      note: 'needed for the filing of the 10th',
    },
  });
  const [done, refused] = pastPromotions();
  const staging = rowOf('staging', 'shared', NEW_RELEASE, 3 * HOUR);
  staging.agents.push({ name: 'staging-b', release: { ...staging.desired, ...OLD_RELEASE }, error: null });
  const rows = [
    rowOf('int', 'shared', NEW_RELEASE, 2 * DAY),
    staging,
    { ...rowOf('prod', 'production', OLD_RELEASE, 8 * DAY), promotion: waiting },
  ];
  const cells = rows.flatMap(({ environment, deployment }, column) => {
    const release = deployment?.release.id === NEW_RELEASE.id ? NEW_RELEASE : OLD_RELEASE;
    return release.bill.pipelines.map(({ name }, index) => cellOf(environment, name, column * 7 + index * 3));
  });
  return {
    ...typicalWorld(),
    environments: [LOCAL, ...rows.map(({ environment, kind }) => environmentOf(environment, kind))],
    promotions: {
      ...promotionsOf(rows, cells),
      promotions: [waiting, done, refused],
      releases: [NEW_RELEASE, OLD_RELEASE],
      signOffs: [
        signOffOf(NEW_RELEASE.id, 1),
        signOffOf(NEW_RELEASE.id, 2, {
          person: 'otto',
          role: 'business',
          withdrawnAt: ago(MINUTE),
          withdrawnBy: 'otto',
          note: null,
        }),
      ],
      days: daysOf((index) =>
        index === 3 ? [FILING] : index === 5 ? [OUTSIDE] : index >= 10 && index < 15 ? [MONTH_END] : [],
      ),
    },
  };
}

function promotionsOf(rows: BoardRow[], pipelines: BoardPipeline[]): Promotions {
  const rules = Object.fromEntries(
    rows.map(({ environment, kind }) => [
      environment,
      structuredClone(findRules(SHIPPED_POLICY, { name: environment, kind })) as Promotions['rules'][string],
    ]),
  );
  return {
    rows,
    pipelines,
    promotions: [],
    releases: [],
    signOffs: [],
    deployPlans: [],
    freezes: [],
    rules,
    closures: [],
    days: daysOf(() => []),
  };
}

/** Gates were skipped, and a freeze is in force. */
export function emergencyWorld(): World {
  const world = promotionsWorld();
  const [waiting] = world.promotions.promotions;
  if (!waiting) throw new Error('nothing waits');
  waiting.emergency = {
    reason: 'Orders of the morning are lost; vp-lena approved, olaf is on call.',
    skipped: ['soak', 'cycles', 'freeze'],
    expiresAt: ago(-2 * HOUR),
  };
  const skipped: readonly string[] = waiting.emergency.skipped;
  waiting.verdicts = waiting.verdicts.filter(({ gate }) => !skipped.includes(gate));
  world.promotions.freezes.push(freezeOf('prod', 'incident 4711'));
  world.promotions.closures = [{ kind: 'declared', name: 'incident 4711' }];
  for (const day of world.promotions.days) {
    day.closures.push({ kind: 'declared', name: 'incident 4711', startsAt: ago(20 * MINUTE), endsAt: null });
    day.open = [];
  }
  return world;
}

const PLAN_SHA256 = 'e4c5f00d'.repeat(8);

const PLAN_OUTPUT = `terraform_data.topics: Refreshing state... [id=5441415e]

Terraform will perform the following actions:

  # google_bigquery_dataset.surveillance will be updated in-place
  ~ resource "google_bigquery_dataset" "surveillance" {
        id                         = "projects/markets-prod/datasets/surveillance"
      ~ default_table_expiration_ms = 31536000000 -> 63072000000
    }

  # google_pubsub_topic.positions will be created
  + resource "google_pubsub_topic" "positions" {
      + id                         = (known after apply)
      + message_retention_duration = "86400s"
      + name                       = "positions"
    }

Plan: 1 to add, 1 to change, 0 to destroy.
`;

/** The plan of the deploy command waits for a release manager; one before it counts no more. */
export function deployPlanWorld(): World {
  const world = promotionsWorld();
  const { promotions, rules, deployPlans } = world.promotions;
  const [waiting] = promotions;
  if (!waiting || !rules.prod) throw new Error('nothing waits');
  rules.prod.deployPlan = { approvals: { 'release-manager': 1 }, expiresHours: 24 };
  const plan = planOf(waiting.id, 1, { sha256: PLAN_SHA256, sizeBytes: 18_211, output: PLAN_OUTPUT });
  deployPlans.push(
    plan,
    planOf(waiting.id, 2, { withdrawnAt: ago(HOUR), withdrawnWhy: 'Another plan took its place.' }),
  );
  const evidence = { planId: plan.id, agent: plan.agent, sha256: PLAN_SHA256, given: { 'release-manager': [] } };
  waiting.verdicts = waiting.verdicts.filter(({ gate }) => gate !== 'soak' && gate !== 'sign-offs');
  waiting.verdicts.push(
    verdictOf('deploy-plan', 'defer', 'DEPLOY_PLAN_UNAPPROVED', {
      evidence: { ...evidence, expiresAt: plan.expiresAt, missing: { 'release-manager': 1 } },
    }),
  );
  return world;
}

/** Environments that releases come to, and nothing recorded yet. */
export function noReleaseWorld(): World {
  const world = promotionsWorld();
  const rows = world.promotions.rows.map((row) => ({
    ...row,
    deployment: null,
    desired: null,
    promotion: null,
    unfinishedDeploy: null,
    lastRuns: [],
    areOfRelease: [],
  }));
  return { ...world, promotions: promotionsOf(rows, []) };
}

/** 1,000 cells: 250 pipelines in four environments. */
export function hugeBoardWorld(): World {
  const names = ['dev', 'int', 'staging', 'prod'];
  const rows = names.map((name, index) =>
    rowOf(name, name === 'prod' ? 'production' : 'shared', NEW_RELEASE, (index + 1) * DAY),
  );
  const pipelines = names.flatMap((environment, column) =>
    Array.from({ length: 250 }, (_, index) =>
      cellOf(environment, `warehouse-${index + 1}-nightly`, column + index * 5),
    ),
  );
  return {
    ...typicalWorld(),
    environments: rows.map(({ environment, kind }) => environmentOf(environment, kind)),
    promotions: promotionsOf(rows, pipelines),
  };
}
