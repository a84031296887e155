// Infrastructure by Terraform itself, as a release of an environment: the agent plans, people approve the plan file by its hash, and
// that file alone is applied; the way back goes to what was applied last.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DeclareFreeze, GetPromotion, LiftFreeze, ListAudit, RetryPromotion, RollBack } from '@towpath/api';
import { requirePart, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDeployPlans } from './support/deploy-plans.ts';
import { createPromotionCommand } from './support/promotion-command.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const terraform = requirePart('terraform');
const PROJECT = 'infra';
const PASSWORD = 'correct-horse-battery';
/** What a plan would read of its surroundings. */
let color = 'red';

const PAGE = readFileSync(new URL('../docs/reference/promotion.md', import.meta.url), 'utf8');

/** A script of the reference, as it stands there. */
function readScript(name: string): string {
  const script = new RegExp(`\\n# terraform/${name}\\n([^]*?)\`\`\``).exec(PAGE)?.[1];
  if (script === undefined) throw new Error(`the page has no ${name}`);
  return script;
}

const main = (size: string, more = '') => `terraform {
  backend "local" {
    path = "${stateFile()}"
  }
}
variable "color" {
  type = string
}
variable "password" {
  type      = string
  sensitive = true
}
resource "terraform_data" "size" {
  input = "${size}"
}
${more}`;

/** It fails after the size was changed. */
const BROKEN = `resource "terraform_data" "broken" {
  depends_on = [terraform_data.size]
  provisioner "local-exec" {
    command = "exit 3"
  }
}
`;

let rig: PromotionRig;
const plans = openDeployPlans(PROJECT, () => rig);
const { towpath, waitForLine } = createPromotionCommand(() => rig);

const stateFile = () => join(dirname(rig.project.stateFolder), 'terraform.tfstate');
const readSize = (): string | undefined => {
  if (!existsSync(stateFile())) return undefined;
  const { resources } = JSON.parse(readFileSync(stateFile(), 'utf8'));
  const size = resources.find((one: { name: string }) => one.name === 'size');
  return size?.instances[0]?.attributes.input.value ?? size?.instances[0]?.attributes.input;
};

const release = (version: string, size = version, more = '') =>
  plans.release(version, { 'terraform/int/main.tf': main(size, more) });

/** To its end, as it should go. */
async function bringIn(version: string): Promise<string> {
  const { id: releaseId } = await release(version);
  const { id } = await plans.promote(releaseId);
  await plans.sign('rob', { promotionId: id }, (await plans.waitForPlan(id)).sha256);
  await plans.waitForState(id, 'succeeded');
  return releaseId;
}

describe.skipIf(!terraform.available)('Terraform', () => {
  beforeAll(async () => {
    rig = await startPromotionRig(PROJECT, {
      deployOf: (environment) =>
        environment === 'prod'
          ? undefined
          : {
              plan: ['sh', 'terraform/plan.sh', '{plan}'],
              command: ['sh', 'terraform/apply.sh', '{plan}'],
              timeoutSeconds: 60,
              environmentVariables: {
                PATH: process.env.PATH,
                TF_VAR_password: PASSWORD,
                TF_VAR_color: color,
                CHECKPOINT_DISABLE: '1',
              },
              secretVariables: ['TF_VAR_password'],
            },
    });
    // Besides, it prints what it should not.
    const leak = 'set -eu\necho "the password is $TF_VAR_password"';
    rig.project.write('terraform/plan.sh', readScript('plan.sh').replace('set -eu', leak));
    rig.project.write('terraform/apply.sh', readScript('apply.sh'));
    await plans.applyPolicy();
    await rig.int.start();
  });
  afterAll(() => rig.close());
  beforeEach(({ onTestFailed }) => onTestFailed(() => console.log(rig.int.output().slice(-5000))));

  it('A79 a plan is approved by its hash, by the role that the policy names, and that very plan is applied', async () => {
    const { id: releaseId } = await release('v1.0.0');
    const { id: promotionId, verdicts } = await plans.promote(releaseId);
    expect(verdicts.find(({ gate }) => gate === 'deploy-plan')?.code).toBe('DEPLOY_PLAN_MISSING');
    const plan = await plans.waitForPlan(promotionId);
    expect(plan).toMatchObject({
      agent: 'int',
      isOutputCut: false,
      error: null,
      sha256: plans.fileOf(promotionId).sha256,
    });
    expect(plan.output).toContain('# terraform_data.size will be created');
    // What the command prints carelessly is masked.
    expect(plan.output).toContain('the password is ****');
    expect(plan.output).not.toContain(PASSWORD);
    expect(readSize()).toBe(undefined);

    const sign = (by: Parameters<typeof plans.sign>[0], sha256 = plan.sha256) => plans.sign(by, plan, sha256);
    for (const other of ['bo', 'erin', 'vera', 'ada'] as const)
      await expect(sign(other)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    // Of the role, but she asked for it.
    await expect(sign('rita')).rejects.toMatchObject({ code: 'SIGN_OFF_OF_AUTHOR' });
    await expect(sign('rob', 'f'.repeat(64))).rejects.toMatchObject({ code: 'DEPLOY_PLAN_STALE' });
    expect((await plans.waitForState(promotionId, 'pending')).verdicts.map(({ code }) => code)).toContain(
      'DEPLOY_PLAN_UNAPPROVED',
    );
    expect(readSize()).toBe(undefined);

    await sign('rob');
    await plans.waitForState(promotionId, 'succeeded');
    expect(readSize()).toBe('v1.0.0');
    expect(rig.int.output()).toContain(`applying plan ${plan.sha256}`);
    expect((await plans.list(promotionId))[0]).toMatchObject({
      acceptedAt: expect.any(String),
      signOffs: [{ person: 'rob', role: 'release-manager', decision: 'approved' }],
    });
    const { entries } = await rig.clientOf('ada').call(ListAudit, { query: { environment: 'int' } });
    expect(entries.filter(({ action }) => action.startsWith('deploy-plan.'))).toMatchObject([
      { action: 'deploy-plan.signed', actor: { name: 'rob' }, details: { sha256: plan.sha256, decision: 'approved' } },
      { action: 'deploy-plan.made', actor: { kind: 'agent', name: 'int' }, details: { sha256: plan.sha256 } },
    ]);
  });

  it('A79 a file that is not what was approved is refused, and who asks again waits for approval again', async () => {
    const { id: releaseId } = await release('v1.1.0');
    const { id: promotionId } = await plans.promote(releaseId);
    const plan = await plans.waitForPlan(promotionId);
    const file = plans.fileOf(promotionId).path;
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from([0])]));
    await plans.sign('rob', plan, plan.sha256);
    const ended = await plans.waitForState(promotionId, 'errored');
    expect([ended.endCode, readSize()]).toEqual(['DEPLOY_PLAN_CHANGED', 'v1.0.0']);

    const again = await rig.clientOf('rita').call(RetryPromotion, { params: { promotionId }, body: {} });
    const next = await plans.waitForPlan(again.id);
    expect(next.signOffs).toEqual([]);
    await plans.sign('rob', next, next.sha256);
    await plans.waitForState(again.id, 'succeeded');
    expect(readSize()).toBe('v1.1.0');
  });

  it('A79 an agent that comes back without the file makes another; of other content, nobody approved it', async () => {
    const freeze = await rig
      .clientOf('rita')
      .call(DeclareFreeze, { body: { environment: 'int', reason: 'month end' } });
    const { id: promotionId } = await plans.promote((await release('v1.2.0')).id);
    const plan = await plans.waitForPlan(promotionId);
    await plans.sign('rob', plan, plan.sha256);
    await rig.int.kill();
    rmSync(dirname(plans.fileOf(promotionId).path), { recursive: true });
    color = 'green';
    await rig.int.start();
    const next = await plans.waitForPlan(promotionId, plan.sha256);
    expect(await plans.list(promotionId)).toMatchObject([{ signOffs: [] }, { withdrawnAt: expect.any(String) }]);
    await rig.clientOf('rita').call(LiftFreeze, { params: { freezeId: freeze.id }, body: {} });
    await waitFor('the gate to say so', 20_000, async () => {
      const { verdicts } = await rig.clientOf('bo').call(GetPromotion, { params: { promotionId } });
      return (
        verdicts
          .filter(({ decision }) => decision !== 'allow')
          .map(({ code }) => code)
          .join() === 'DEPLOY_PLAN_UNAPPROVED'
      );
    });
    await expect(plans.sign('rob', plan, plan.sha256)).rejects.toMatchObject({ code: 'DEPLOY_PLAN_STALE' });
    // And one that comes back with it makes no other.
    await rig.int.kill();
    await rig.int.start();
    await plans.sign('rob', next, next.sha256);
    await plans.waitForState(promotionId, 'succeeded');
    expect([readSize(), (await plans.list(promotionId)).length]).toEqual(['v1.2.0', 2]);
  });

  it('A85 the way back from what was applied in part is what was applied last, in a freeze, with a reviewed plan', async () => {
    const broken = await release('v1.3.0', 'v1.3.0', BROKEN);
    const { id } = await plans.promote(broken.id);
    await plans.sign('rob', { promotionId: id }, (await plans.waitForPlan(id)).sha256);
    expect(await plans.waitForState(id, 'errored')).toMatchObject({ endCode: 'DEPLOY_COMMAND_FAILED' });
    // It changed the size before it failed; nothing was applied again by itself.
    expect(readSize()).toBe('v1.3.0');
    // The commit before is not what was applied last.
    await release('v1.2.9', 'never applied');

    const { id: freezeId } = await rig
      .clientOf('rita')
      .call(DeclareFreeze, { body: { environment: 'int', reason: 'x' } });
    const { out } = await towpath('rita', 'rollback', 'int', '--reason', 'it is half there');
    expect(out).toContain('int back from v1.3.0 to v1.2.0: pending.');
    const shown = await waitForLine(/# terraform_data\.size will be updated/, 'promotions', 'show', 'int');
    const sha256 = /plan ([0-9a-f]{64})/.exec(shown)?.[1] ?? '';
    await expect(
      towpath('rita', 'signoff', 'give', 'v1.2.0', '--environment', 'int', '--plan', sha256),
    ).rejects.toMatchObject({
      code: 'SIGN_OFF_OF_AUTHOR',
    });
    expect(readSize()).toBe('v1.3.0');
    const given = await towpath(
      'rob',
      'signoff',
      'give',
      'v1.2.0',
      '--environment',
      'int',
      '--plan',
      sha256.slice(0, 12),
    );
    expect(given.out).toContain(`approved by rob as release-manager`);
    await waitForLine(/succeeded/, 'promotions', 'show', 'int');
    expect(readSize()).toBe('v1.2.0');
    // Asked again by who got no answer.
    const from = { params: { environment: 'int' }, body: { from: broken.id, reason: 'it is half there' } };
    expect((await rig.clientOf('rita').call(RollBack, from)).state).toBe('succeeded');
    await rig.clientOf('rita').call(LiftFreeze, { params: { freezeId }, body: {} });
  });

  it('A85 the way back from what was applied is the one applied before it, and waits for its plan', async () => {
    await bringIn('v1.4.0');
    const { out } = await towpath('rita', 'rollback', 'int', '--reason', 'too large');
    expect(out).toContain('int back from v1.4.0 to v1.2.0: pending.');
    const { promotions } = JSON.parse((await towpath('bo', 'promotions', '--environment', 'int', '--json')).out);
    const { id } = promotions[0];
    const plan = await plans.waitForPlan(id);
    expect(plan.output).toMatch(/"v1\.4\.0" -> "v1\.2\.0"/);
    expect(readSize()).toBe('v1.4.0');
    await plans.sign('rob', plan, plan.sha256);
    await plans.waitForState(id, 'succeeded');
    expect(readSize()).toBe('v1.2.0');
  });

  it('A79 a plan that somebody refuses ends the promotion', async () => {
    const { id: promotionId } = await plans.promote((await release('v1.5.0')).id);
    const plan = await plans.waitForPlan(promotionId);
    await expect(plans.sign('rob', plan, plan.sha256, ' ')).rejects.toMatchObject({ code: 'NOTE_MISSING' });
    await plans.sign('rob', plan, plan.sha256, 'it destroys the state');
    expect(await plans.waitForState(promotionId, 'failed')).toMatchObject({ endCode: 'DEPLOY_PLAN_REFUSED' });
    expect(readSize()).toBe('v1.2.0');
  });

  it('a plan that can not be made is said, with what it printed', async () => {
    const { id: promotionId } = await plans.promote((await release('v1.6.0', `\${nonsense}`)).id);
    const [failed] = await waitFor('the plan to fail', 60_000, async () => {
      const made = await plans.list(promotionId);
      return made.length > 0 && made;
    });
    expect(failed).toMatchObject({ sha256: null, error: { code: 'DEPLOY_COMMAND_FAILED' } });
    expect(failed?.output).toContain('Invalid reference');
    await waitForLine(/DEPLOY_PLAN_FAILED/, 'promotions', 'show', 'int');
    await towpath('rita', 'promotions', 'abort', 'int', '--reason', 'it is nonsense');
  });

  it('A79 where the policy names nobody who approves plans, none is applied', async () => {
    const { id: releaseId } = await release('v1.7.0');
    await plans.applyPolicy({});
    const { id: promotionId } = await plans.promote(releaseId);
    expect(await plans.waitForState(promotionId, 'errored')).toMatchObject({ endCode: 'DEPLOY_PLAN_UNAPPROVED' });
    expect(readSize()).toBe('v1.2.0');
  });
});
