// A release that is brought in by the environment's own command: its failure is the promotion's, and a killed agent does it again.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateRelease,
  GetPromotion,
  ListReleases,
  OpenPromotion,
  type PromotionView,
  RetryPromotion,
  RollBack,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildRelease } from '../packages/server/src/testing/released.ts';
import { type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

const DEADLINE_MS = 60_000;

/** Says what it was given; fails while there is a file `broken`, and waits while there is a file `slow-<version>`. */
const SCRIPT = `echo "$TOWPATH_RELEASE" >>deployed
[ ! -e broken ] || { echo "it is broken"; exit 3; }
while [ -e "slow-$TOWPATH_RELEASE" ]; do sleep 0.05; done
echo "$TOWPATH_RELEASE done" >>deployed
`;

let rig: PromotionRig;
let versions = 3;
beforeAll(async () => {
  rig = await startPromotionRig('deployed', {
    deployOf: (environment) =>
      environment === 'int'
        ? { command: ['sh', 'deploy.sh'], timeoutSeconds: 60, environmentVariables: { PATH: process.env.PATH } }
        : undefined,
  });
  rig.project.write('deploy.sh', SCRIPT);
  await rig.int.start();
});
afterAll(() => rig.close());

const read = (): string => {
  const path = join(rig.project.folder, 'deployed');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
};

async function promote(version: string): Promise<PromotionView> {
  const { release } = await rig
    .clientOf('anna')
    .call(CreateRelease, { body: { ...buildRelease(version), project: 'deployed' } });
  return rig.clientOf('erin').call(OpenPromotion, { body: { releaseId: release.id, environment: 'int' } });
}

const waitForState = ({ id: promotionId }: PromotionView, state: PromotionView['state']) =>
  waitFor(`promotion ${promotionId} to be ${state}`, DEADLINE_MS, async () => {
    const promotion = await rig.clientOf('bo').call(GetPromotion, { params: { promotionId } });
    if (promotion.state !== state) throw new Error(JSON.stringify(promotion));
    return promotion;
  });

it('a command that fails is why the promotion is errored, and a retry runs it again', async () => {
  rig.project.write('broken', '');
  const promotion = await promote('v1.0.0');
  const { endReason } = await waitForState(promotion, 'errored');
  expect(endReason).toContain('The deploy command of int ended with 3.');
  expect(rig.int.output()).toContain('deploy: it is broken');
  rmSync(join(rig.project.folder, 'broken'));
  const again = await rig.clientOf('erin').call(RetryPromotion, { params: { promotionId: promotion.id }, body: {} });
  await waitForState(again, 'succeeded');
  expect(read()).toBe('v1.0.0\nv1.0.0\nv1.0.0 done\n');
});

it('A93 an agent that is killed while it runs leaves no second one, and the promotion ends once', async () => {
  rig.project.write('slow-v2.0.0', '');
  const promotion = await promote('v2.0.0');
  await waitFor('the command to run', DEADLINE_MS, () => read().endsWith('v2.0.0\n'));
  await rig.int.kill();
  await rig.int.launch();
  await waitFor('the next agent to run it', DEADLINE_MS, () => read().endsWith('v2.0.0\nv2.0.0\n'));
  rmSync(join(rig.project.folder, 'slow-v2.0.0'));
  await waitForState(promotion, 'succeeded');
  expect(read()).toMatch(/done\nv2\.0\.0\nv2\.0\.0\nv2\.0\.0 done\n$/);
});

it.each([
  // It waits for its word, which nobody can give any more.
  ['deploy.after-spawn', ''],
  ['deploy.after-record', ''],
  ['deploy.after-go', '(?:v\\d.1.0\\n)?'],
])('A93 an agent that is killed at %s leaves no command to itself', async (point, before) => {
  versions += 1;
  const version = `v${versions}.1.0`;
  rig.project.write(`slow-${version}`, '');
  rig.int.arm(point);
  const promotion = await promote(version);
  await waitFor('the agent to die', DEADLINE_MS, () => !rig.int.isArmed());
  await rig.int.current.waitForExit(DEADLINE_MS);
  await rig.int.launch();
  await waitFor('the next agent to run it', DEADLINE_MS, () =>
    new RegExp(`done\\n${before}${version}\\n$`).test(read()),
  );
  rmSync(join(rig.project.folder, `slow-${version}`));
  await waitForState(promotion, 'succeeded');
  expect(read()).toMatch(new RegExp(`done\\n${before}${version}\\n${version} done\\n$`));
});

it('A83 a rollback does not wait for a command that takes long: that is ended', async () => {
  rig.project.write('slow-v9.0.0', '');
  const promotion = await promote('v9.0.0');
  await waitFor('the command to run', DEADLINE_MS, () => read().endsWith('v9.0.0\n'));
  const from =
    (await rig.clientOf('erin').call(ListReleases, { query: { version: `v${versions}.1.0` } })).releases[0]?.id ?? '';
  const body = { from, reason: 'it hangs' };
  const rollback = await rig.clientOf('erin').call(RollBack, { params: { environment: 'int' }, body });
  await waitForState(rollback, 'succeeded');
  await waitForState(promotion, 'aborted');
  expect(read()).toMatch(/v9\.0\.0\nv5\.1\.0\nv5\.1\.0 done\n$/);
});
