// kill -9 at every failpoint on the way of a deploy plan: server or agent dies there and is started again. What was approved is
// applied once and nothing else is, no command is left to itself, and each decision is in the audit once.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { withConnection } from '../packages/server/src/db/database.ts';
import { listFailpoints } from '../scripts/list-failpoints.ts';
import { openDeployPlans } from './support/deploy-plans.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

// Each wait has its own deadline with what it saw last; this one only catches what has none.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const DEADLINE_MS = 60_000;
const PROJECT = 'planned';

/** It takes a moment, so that two of them would meet; what it plans is the release and the moment. */
const PLAN = `echo "$TOWPATH_RELEASE $(date +%N)" >"$1"
echo "would bring in $TOWPATH_RELEASE"
`;
/** Says when two run at once. */
const APPLY = `exec 9>applying
flock -n 9 || { echo "two at once" >>applied; exit 1; }
sleep 0.2
cat "$1" >>applied
`;

let rig: PromotionRig;
let made = 0;
const plans = openDeployPlans(PROJECT, () => rig);

beforeAll(async () => {
  rig = await startPromotionRig(PROJECT, {
    deployOf: (environment) =>
      environment === 'prod'
        ? undefined
        : {
            plan: ['sh', 'plan.sh', '{plan}'],
            command: ['sh', 'apply.sh', '{plan}'],
            timeoutSeconds: 60,
            environmentVariables: { PATH: process.env.PATH },
          },
  });
  rig.project.write('plan.sh', PLAN);
  rig.project.write('apply.sh', APPLY);
  await plans.applyPolicy();
  await rig.int.start();
});
afterAll(() => rig.close());
beforeEach(({ onTestFailed }) => {
  onTestFailed(() => console.log(rig.server.output().slice(-3000), rig.int.output().slice(-3000)));
});

/** Asks until it is answered, through any number of deaths of the server. */
async function ask<T>(act: () => Promise<T>): Promise<T> {
  const { value } = await waitFor('an answer', DEADLINE_MS, async () => ({ value: await act() }));
  return value;
}

const readApplied = (): readonly string[] => {
  const path = join(rig.project.folder, 'applied');
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : [];
};

/** Signs whatever plan counts, until the promotion is through. */
async function signUntilDone(promotionId: string): Promise<void> {
  await waitFor(`${promotionId} to be through`, DEADLINE_MS, async () => {
    const [plan] = await plans.list(promotionId);
    if (plan?.sha256 && plan.acceptedAt === null && plan.signOffs.length === 0)
      await plans.sign('rob', plan, plan.sha256);
    const { rows } = await withConnection(rig.databaseUrl, (client) =>
      client.query<{ state: string; code: string | null }>(
        'select state, end_code as code from promotions where id = $1',
        [promotionId],
      ),
    );
    if (rows[0]?.state === 'errored') throw new Error(`it errored: ${rows[0].code}`);
    return rows[0]?.state === 'succeeded';
  });
}

/** Each decision has one entry in the audit, and each entry its decision: both or neither. */
async function verifyAudit(): Promise<void> {
  const { rows } = await withConnection(rig.databaseUrl, (client) =>
    client.query(`
      with counted as (
        select 'deploy-plan.made' as action, count(*) as rows from deploy_plans
        union all select 'deploy-plan.withdrawn', count(*) from deploy_plans where withdrawn_at is not null
        union all select 'deploy-plan.signed', count(*) from deploy_plan_sign_offs
        union all select 'promotion.started', count(*) from promotions where started_at is not null
        union all select 'release.deployed', count(*) from deployments
      )
      select c.action, c.rows, (select count(*) from audit_entries a where a.action = c.action) as entries from counted c`),
  );
  expect(rows.filter((row) => row.rows !== row.entries)).toEqual([]);
}

async function open(): Promise<{ readonly promotionId: string; readonly version: string }> {
  made += 1;
  const version = `v1.0.${made}`;
  const { id: releaseId } = await ask(() => plans.release(version, { 'infra.txt': version }));
  return { promotionId: (await ask(() => plans.promote(releaseId))).id, version };
}

const readAppliedOf = (version: string) => readApplied().filter((line) => line.startsWith(`${version} `));

async function dieAt(process: 'server' | 'int', point: string): Promise<void> {
  const victim = rig[process];
  victim.arm(point);
  const { promotionId, version } = await open();
  const through = signUntilDone(promotionId);
  await waitFor(`${process} to die at ${point}`, DEADLINE_MS, () => !victim.isArmed());
  await victim.current.waitForExit(DEADLINE_MS);
  await victim.start();
  await through;
  const [accepted] = (await plans.list(promotionId)).filter(({ acceptedAt }) => acceptedAt !== null);
  expect(plans.fileOf(promotionId).sha256).toBe(accepted?.sha256);
  expect(readAppliedOf(version)).toEqual([readFileSync(plans.fileOf(promotionId).path, 'utf8').trimEnd()]);
  expect(readApplied()).not.toContain('two at once');
  await verifyAudit();
}

const points = listFailpoints().filter(({ isOfDeployPlan }) => isOfDeployPlan);

describe('A93 deploy plans: kill -9', () => {
  it.each(points.filter(({ process }) => process === 'server'))('of the server at $name', ({ name }) =>
    dieAt('server', name),
  );

  it.each(points.filter(({ process }) => process === 'agent'))('of the agent at $name', ({ name }) =>
    dieAt('int', name),
  );

  it('of the agent while it applies: the same plan is applied again, and never two at once', async () => {
    const { promotionId, version } = await open();
    await plans.waitForPlan(promotionId);
    rig.int.arm('deploy.after-go');
    const through = signUntilDone(promotionId);
    await waitFor('the agent to die', DEADLINE_MS, () => !rig.int.isArmed());
    await rig.int.current.waitForExit(DEADLINE_MS);
    await rig.int.start();
    await through;
    const approved = readFileSync(plans.fileOf(promotionId).path, 'utf8').trimEnd();
    expect(new Set(readAppliedOf(version))).toEqual(new Set([approved]));
    expect(readApplied()).not.toContain('two at once');
    expect(await plans.list(promotionId)).toHaveLength(1);
  });
});
