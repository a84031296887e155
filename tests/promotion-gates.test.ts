// Emergencies, refusals and policies by the command line, against a server and agents that are processes of their own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPromotionCommand } from './support/promotion-command.ts';
import { type Person, type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';

/** As production has it as shipped; both environments of the rig are `shared`. */
const RULES = {
  promoters: ['release-manager'],
  ...{ soakHours: 24, cycles: 2, needsRollbackPlan: true, signOffs: { business: 1 } },
  emergency: { skips: ['soak', 'cycles', 'sign-offs', 'freeze'], approvals: { vp: 1, 'on-call': 1 } },
};

let rig: PromotionRig;
beforeAll(async () => {
  rig = await startPromotionRig('gates');
  rig.commitVersion('v1.0.0');
  await rig.int.start();
  await rig.prod.start();
  rig.project.write('.towpath/policy.yaml', JSON.stringify({ schemaVersion: 1, environments: { prod: RULES } }));
  await towpath('ada', 'policy', 'apply', '.towpath/policy.yaml');
  await towpath('anna', 'release', 'create', 'v1.0.0');
  await towpath('erin', 'promote', 'v1.0.0', '--to', 'int');
  await waitForLine(/int +shared +v1\.0\.0/, 'board');
});
afterAll(() => rig.close());

const { towpath, waitForLine } = createPromotionCommand(() => rig);

const approve = (person: Person) =>
  towpath(person, 'signoff', 'give', 'v1.0.0', '--environment', 'prod', '--note', 'I am here');
const promote = (...more: readonly string[]) => towpath('rita', 'promote', 'v1.0.0', '--to', 'prod', ...more);
const EMERGENCY = ['--emergency', '--reason', 'trades are lost', '--rollback-plan', 'npx towpath rollback prod'];

it('A69 a freeze is in the calendar that others show', async () => {
  await towpath('rita', 'freeze', 'declare', 'prod', '--reason', 'month end');
  const { out } = await towpath('bo', 'freeze', 'show', 'prod', '--ics');
  expect(out).toMatch(/^BEGIN:VCALENDAR\r\n[\s\S]*SUMMARY:prod is closed: month end\r\n/);
});

it('A70 an emergency is foreseen, asked for, approved and done in a freeze, and everybody sees what it is', async () => {
  await expect(promote('--emergency')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  await expect(promote('--reason', 'x')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  const planned = await promote(...EMERGENCY, '--plan');
  expect(planned.out).toMatch(/^!! EMERGENCY: trades are lost\. Skips soak, cycles, sign-offs, freeze; denied if/);
  const asked = await promote(...EMERGENCY);
  expect(asked.out).toMatch(/^!! EMERGENCY: trades are lost\./);
  expect(asked.out).toMatch(/emergency +defer +EMERGENCY_UNAPPROVED/);
  expect((await towpath('bo', 'board')).out).toMatch(
    /!! EMERGENCY !! v1\.0\.0 pending: emergency EMERGENCY_UNAPPROVED/,
  );
  expect((await towpath('bo', 'promotions')).out).toMatch(/prod +v1\.0\.0 +EMERGENCY +pending +rita/);
  await approve('vera');
  await waitForLine(/Missing, by role: on-call: 1/, 'promotions', 'show', 'prod');
  await approve('otto');
  const done = await waitForLine(/v1\.0\.0 to prod: succeeded/, 'promotions', 'show', 'prod');
  expect(done).toMatch(/^!! EMERGENCY: trades are lost\./);
  const { out } = await towpath('bo', 'audit', '--environment', 'prod');
  expect(out).toMatch(/emergency\.requested/);
});

it('A68 a release is refused with a reason, and goes no way until that is taken back', async () => {
  rig.commitVersion('v1.0.1');
  await towpath('anna', 'release', 'create', 'v1.0.1');
  await towpath('erin', 'promote', 'v1.0.1', '--to', 'int');
  await waitForLine(/int +shared +v1\.0\.1/, 'board');
  const refuse = ['release', 'refuse', 'v1.0.1', '--environment', 'prod', '--reason', 'rows are lost'];
  expect((await towpath('bo', ...refuse)).out).toBe('v1.0.1 is refused for prod by bo as business: rows are lost.\n');
  const refused = await towpath('rita', 'promote', 'v1.0.1', '--to', 'prod', ...EMERGENCY);
  expect([refused.code, refused.out]).toEqual([1, expect.stringContaining('SIGN_OFF_REFUSED')]);
  await towpath('bo', 'signoff', 'withdraw', 'v1.0.1', '--environment', 'prod');
  expect((await towpath('rita', 'promote', 'v1.0.1', '--to', 'prod', ...EMERGENCY)).code).toBe(0);
  await expect(towpath('rita', 'promotions', 'retry', 'prod')).rejects.toMatchObject({
    code: 'PROMOTION_NOT_RETRIABLE',
  });
  await towpath('rita', 'promotions', 'abort', 'prod', '--reason', 'enough');
});

it('a policy is tested by its own examples, and not applied when one comes out otherwise', async () => {
  const page = readFileSync(new URL('../docs/reference/promotion.md', import.meta.url), 'utf8');
  const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  rig.project.write('.towpath/policy.yaml', example);
  const file = join(rig.project.folder, '.towpath', 'policy.yaml');
  const tested = await towpath('bo', 'policy', 'test', file);
  expect(tested.out).toMatch(
    /as expected +what has soaked for a day only has to wait +defer, soak +defer, soak SOAK_RUNNING/,
  );
  expect(tested.code).toBe(0);
  rig.project.write('.towpath/policy.yaml', example.replace('soakHours: 48', 'soakHours: 24'));
  const wrong = await towpath('bo', 'policy', 'test', file);
  expect([wrong.code, wrong.out]).toEqual([
    1,
    expect.stringMatching(/OTHERWISE +what has soaked for a day only has to wait/),
  ]);
  await expect(towpath('ada', 'policy', 'apply', file)).rejects.toMatchObject({ code: 'POLICY_EXAMPLE_FAILED' });
});

it('a policy is tried on what was', async () => {
  rig.project.write(
    '.towpath/policy.yaml',
    JSON.stringify({ schemaVersion: 1, environments: { prod: { ...RULES, emergency: null } } }),
  );
  const { out } = await towpath('bo', 'policy', 'replay', '.towpath/policy.yaml', '--days', '1');
  expect(out).toMatch(/^Of \d+ promotions it would have decided \d+ differently\.\n/);
  expect(out).toMatch(/prod +v1\.0\.0 +allow +deny +emergency allow → EMERGENCY_NOT_ALLOWED/);
});

it('A81 prod takes no release that needs what prod does not declare, and says by name what that is', async () => {
  const declare = (...variables: readonly string[]) =>
    rig.project.write(
      'towpath.yaml',
      [
        ...['name: gates', 'variables:'],
        ...variables.map((name) => `  ${name}: { type: string, required: true }`),
        ...['environments:', '  int: { kind: shared }', '  prod: { kind: shared }', ''],
      ].join('\n'),
    );
  const rules = { ...RULES, parity: {} };
  rig.project.write('.towpath/policy.yaml', JSON.stringify({ schemaVersion: 1, environments: { prod: rules } }));
  await towpath('ada', 'policy', 'apply', '.towpath/policy.yaml');
  declare('REGION');
  await towpath('ada', 'environment', 'apply', '--project', rig.project.folder);
  declare('REGION', 'NEW_KEY');
  for (const environment of ['int', 'prod'])
    rig.project.write(`config/.env.${environment}`, 'REGION=eu\nNEW_KEY=one\n');
  rig.commitVersion('v2.0.0');
  await towpath('anna', 'release', 'create', 'v2.0.0');
  await towpath('erin', 'promote', 'v2.0.0', '--to', 'int');
  await waitForLine(/int +shared +v2\.0\.0/, 'board');
  const plan = () => towpath('rita', 'promote', 'v2.0.0', '--to', 'prod', '--rollback-plan', 'back', '--plan');
  expect((await plan()).out).toMatch(/parity +defer +PARITY_LACKING .*The environment lacks: variables\.NEW_KEY/);
  await towpath('ada', 'environment', 'apply', '--project', rig.project.folder);
  expect((await plan()).out).toMatch(/parity +allow +PARITY_KEPT .*Environment before: int; Values compared, too: yes/);

  // Another region in prod is a difference that its parity does not allow: no later declaration changes that.
  rig.project.write('config/.env.prod', 'REGION=us-east-9\nNEW_KEY=one\n');
  rig.commitVersion('v2.0.1');
  await towpath('anna', 'release', 'create', 'v2.0.1');
  await towpath('erin', 'promote', 'v2.0.1', '--to', 'int');
  await waitForLine(/int +shared +v2\.0\.1/, 'board');
  const denied = await towpath('rita', 'promote', 'v2.0.1', '--to', 'prod', '--rollback-plan', 'back');
  expect([denied.code, denied.out]).toEqual([
    1,
    expect.stringMatching(/parity +deny +PARITY_BROKEN .*Differs and must not: variables\.REGION/),
  ]);
  expect(denied.out).not.toContain('us-east-9');
});

it('A68 a refusal of somebody who has left is lifted by another one, with a reason', async () => {
  await towpath('bo', 'release', 'refuse', 'v2.0.1', '--environment', 'prod', '--reason', 'rows are lost');
  const lift = (person: Person) =>
    towpath(person, ...'signoff lift v2.0.1 --environment prod --name bo --reason'.split(' '), 'the rows are there');
  await expect(lift('rob')).rejects.toMatchObject({ code: 'REFUSAL_STANDS' });
  await towpath('ada', 'access', 'revoke', 'bo', '--reason', 'left the team');
  expect((await towpath('rob', 'signoff', 'list', 'v2.0.1')).out).toMatch(/prod +business +bo +refused, has left/);
  expect((await lift('rob')).out).toBe('v2.0.1 for prod: the refusal of bo was lifted by rob.\n');
  expect((await towpath('rob', 'signoff', 'list', 'v2.0.1')).out).toMatch(/prod +business +bo +lifted by rob/);
});
