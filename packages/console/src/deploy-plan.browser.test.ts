// The plan of a deploy command in a real Chromium: what would change, which hash one approves, and who may.
import { expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
import { deployPlanWorld, WAITING_ID } from './testing/world-promotions.ts';

const { start, visit, expectNoComplaints } = setUpPages();
const WAITING = `/promotions/${WAITING_ID}`;
const SHA256 = 'e4c5f00d'.repeat(8);

test('A79 a release manager reads what would change and approves that plan, by its hash', async () => {
  const { received } = await start(deployPlanWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit(WAITING);
  const panel = page.getByRole('region', { name: 'Deploy plan' });
  await panel.getByText('google_bigquery_dataset.surveillance will be updated in-place').waitFor();
  await panel.getByText('e4c5f00de4c5', { exact: true }).waitFor();
  await panel.getByText('1 earlier plan counts no more, whoever approved it.').waitFor();
  await panel.getByRole('button', { name: 'Approve plan… e4c5f00de4c5 for prod' }).click();
  const dialog = page.getByRole('dialog', { name: 'Approve plan e4c5f00de4c5 for prod?' });
  await dialog.getByText('npx towpath signoff give v1.3.3 --environment prod --plan e4c5f00de4c5').waitFor();
  await dialog.getByLabel('Type prod to confirm').fill('prod');
  await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
  await panel.getByRole('list', { name: 'Approvals of the plan' }).getByText('as release-manager').waitFor();
  expect(received.at(-1)).toMatchObject({
    path: `/api/promotions/${WAITING_ID}/deploy-plan/sign-offs`,
    body: { sha256: SHA256, decision: 'approved' },
  });
  expectNoComplaints();
});

test.each(['business', 'engineer', 'administrator', 'viewer'] as const)(
  'A79 %s may read the plan, and is offered no word about it',
  async (role) => {
    await start(deployPlanWorld(), ({ behaviour }) => {
      behaviour.role = role;
    });
    const page = await visit(WAITING);
    await page.getByRole('region', { name: 'Deploy plan' }).getByText('Plan: 1 to add, 1 to change').waitFor();
    expect(await page.getByRole('button', { name: /plan…/ }).count()).toBe(0);
  },
);

test('a plan that could not be made says why, with what it printed', async () => {
  await start(deployPlanWorld(), ({ world, behaviour }) => {
    behaviour.role = 'release-manager';
    const [plan] = world.promotions.deployPlans;
    if (!plan) return;
    const error = { code: 'DEPLOY_COMMAND_FAILED', message: 'The plan command of prod ended with 1.' };
    Object.assign(plan, { sha256: null, sizeBytes: null, error, output: 'Error: Invalid reference\n' });
  });
  const page = await visit(WAITING);
  const panel = page.getByRole('region', { name: 'Deploy plan' });
  await panel.getByText('The plan command of prod ended with 1.').waitFor();
  await panel.getByText('Error: Invalid reference').waitFor();
  expect(await panel.getByRole('button', { name: /plan…/ }).count()).toBe(0);
  expectNoComplaints();
});
