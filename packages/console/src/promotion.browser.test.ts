// A promotion in a real Chromium: why not now, and when; what one may do about it, as whom.
import { expect, test } from 'vitest';
import { ago } from './testing/fixtures.ts';
import { signOffOf, verdictOf } from './testing/promotion-fixtures.ts';
import { setUpPages } from './testing/set-up-pages.ts';
import { replacedWorld } from './testing/world-ends.ts';
import {
  DONE_ID,
  emergencyWorld,
  NEW_RELEASE,
  OLD_RELEASE,
  promotionsWorld,
  REFUSED_ID,
  WAITING_ID,
} from './testing/world-promotions.ts';

const { start, visit, expectNoComplaints } = setUpPages();
const HOUR = 3_600_000;
const WAITING = `/promotions/${WAITING_ID}`;

test('each gate says its verdict in a word, why, by what evidence, and when it is asked again', async () => {
  await start(promotionsWorld());
  const page = await visit(WAITING);
  await page
    .getByRole('heading', { level: 1, name: /^v1\.3\.3 waits for prod: 2 of 7 gates wait · not before/ })
    .waitFor();
  const gates = page.getByRole('list', { name: 'Gates' });
  const soak = gates.getByRole('listitem').filter({ hasText: 'SOAK_RUNNING' });
  for (const words of [
    'Waits',
    'This release has not run long enough in the environment before.',
    'Has to run there for',
    '24 h',
    'Has run long enough',
    'in 20 h',
  ])
    await soak.getByText(words, { exact: true }).first().waitFor();
  await soak.getByText(/^Asked again in 20 h/).waitFor();
  const cycles = gates.getByRole('listitem').filter({ hasText: 'CYCLES_COMPLETE' });
  await cycles.getByText('Allows', { exact: true }).waitFor();
  await cycles.getByText('surveillance: 4 times').waitFor();
  // What stops it comes first.
  expect(await gates.locator(':scope > li strong').allTextContents()).toEqual([
    'soak',
    'sign-offs',
    'order',
    'cycles',
    'rollback-plan',
    'freeze',
    'not-before',
  ]);
  // The address said no environment; the frame is production's all the same.
  await page.waitForURL(/environment=prod/);
  expect(await page.title()).toMatch(/^PRODUCTION/);
  expectNoComplaints();
});

test('a gate that this console has never heard of is drawn as any other', async () => {
  await start(promotionsWorld(), ({ world }) => {
    const [waiting] = world.promotions.promotions;
    if (!waiting) return;
    waiting.verdicts = waiting.verdicts.filter(({ gate }) => gate !== 'freeze');
    waiting.verdicts.unshift(
      verdictOf('freeze', 'deny', 'EVIDENCE_UNREACHABLE', {
        evidence: {
          problems: [{ runId: '01930000-0000-7000-8000-000000000029', severity: 1, link: 'https://example.com/p/1' }],
          p95Ms: { before: 132, after: 410 },
          note: '<img src=x onerror=alert(1)>',
        },
      }),
    );
  });
  const page = await visit(WAITING);
  const gate = page.getByRole('list', { name: 'Gates' }).getByRole('listitem').first();
  await gate.getByText('Denies').waitFor();
  await gate.getByRole('link', { name: 'https://example.com/p/1' }).waitFor();
  await gate.getByRole('link', { name: 'run 00000029' }).waitFor();
  await gate.getByText('P95 ms').waitFor();
  await gate.getByText('<img src=x onerror=alert(1)>').waitFor();
  expectNoComplaints();
});

test('the plan says how far it is, which agents have it, and what changes against what runs', async () => {
  const { world, emit } = await start(promotionsWorld());
  const page = await visit(WAITING);
  const plan = page.getByRole('list', { name: 'Plan' });
  await plan.locator('[aria-current=step]').getByText('judge-gates').waitFor();
  const changes = page.getByRole('region', { name: 'What changes' });
  await changes.getByRole('row', { name: /^Pipeline positions added/ }).waitFor();
  await changes.getByRole('row', { name: 'Datakit dbt changed 0.2.0 0.3.0' }).waitFor();
  const [waiting] = world.promotions.promotions;
  const row = world.promotions.rows[2];
  if (!waiting || !row) throw new Error('nothing waits');
  Object.assign(waiting, { state: 'running', startedAt: new Date().toISOString() });
  row.agents = [
    { name: 'prod-a', release: waiting.release, error: null },
    { name: 'prod-b', release: null, error: null },
  ];
  emit('environment.changed');
  await plan.getByText('1 of 2 agents have it; it waits for prod-b.').waitFor();
  await page
    .getByRole('heading', { level: 1, name: 'v1.3.3 into prod: the gates let it through, agents load it now' })
    .waitFor();
  expectNoComplaints();
});

test('A68 A88 sign-offs say who, as what, until when; who may signs off, with production named', async () => {
  const { received } = await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit(WAITING);
  const panel = page.getByRole('region', { name: 'Sign-offs' });
  await panel.getByText('Missing: 1 of role business, 1 of role release-manager').waitFor();
  await panel.getByText('Withdrawn').waitFor();
  await page.getByRole('button', { name: 'Sign off… v1.3.3 for prod' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Note' }).fill('seen in staging');
  await dialog.getByText("npx towpath signoff give v1.3.3 --environment prod --note 'seen in staging'").waitFor();
  expect(await dialog.getByRole('button', { name: 'Sign off', exact: true }).isDisabled()).toBe(true);
  await dialog.getByLabel('Type prod to confirm').fill('prod');
  await page.keyboard.press('Enter');
  await panel.getByText('Missing: 1 of role business', { exact: true }).waitFor();
  expect(received[0]).toMatchObject({
    path: '/api/sign-offs',
    body: { releaseId: NEW_RELEASE.id, environment: 'prod', decision: 'approved', note: 'seen in staging' },
    csrf: 'csrf-word',
  });
  await panel.getByRole('button', { name: /^Take back…/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take it back', exact: true }).click();
  await panel.getByText('Missing: 1 of role business, 1 of role release-manager').waitFor();
  expectNoComplaints();
});

test('A68 what leavers said is marked: an approval counts no more, a refusal is lifted by another one, with a reason', async () => {
  const accessRevokedAt = ago(HOUR);
  const { received } = await start(promotionsWorld(), ({ behaviour, world }) => {
    behaviour.role = 'release-manager';
    world.promotions.signOffs = [
      signOffOf(NEW_RELEASE.id, 3, { person: 'lea', role: 'business', decision: 'refused', accessRevokedAt }),
      signOffOf(NEW_RELEASE.id, 4, { person: 'erin', role: 'engineer', accessRevokedAt }),
    ];
  });
  const page = await visit(WAITING);
  const panel = page.getByRole('region', { name: 'Sign-offs' });
  await panel.getByText('Missing: 1 of role engineer, 1 of role business, 1 of role release-manager').waitFor();
  await panel.getByText('Counts no more: access of erin was revoked').waitFor();
  await panel.getByText('Stands until somebody lifts it: access of lea was revoked').waitFor();
  expect(await panel.getByRole('button', { name: /^Lift…/ }).count()).toBe(1);
  await panel.getByRole('button', { name: 'Lift… the refusal of lea' }).click();
  const dialog = page.getByRole('dialog');
  expect(await dialog.getByRole('button', { name: 'Lift it', exact: true }).isDisabled()).toBe(true);
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('the rows are there');
  await dialog
    .getByText("npx towpath signoff lift v1.3.3 --environment prod --name lea --reason 'the rows are there'")
    .waitFor();
  await dialog.getByRole('button', { name: 'Lift it', exact: true }).click();
  await panel.getByText('Lifted by console').waitFor();
  await panel.getByText('the rows are there').waitFor();
  expect(received[0]).toMatchObject({ path: expect.stringMatching(/\/lift$/), body: { reason: 'the rows are there' } });
  expectNoComplaints();
});

test('A81 parity names what the environment lacks', async () => {
  await start(promotionsWorld(), ({ world }) => {
    const [waiting] = world.promotions.promotions;
    const evidence = { before: 'int', areValuesCompared: false, lacking: ['variables.NEW_KEY'] };
    waiting?.verdicts.unshift(verdictOf('parity', 'defer', 'PARITY_LACKING', { evidence }));
  });
  const page = await visit(WAITING);
  const gate = page.getByRole('list', { name: 'Gates' }).getByRole('listitem').filter({ hasText: 'PARITY_LACKING' });
  for (const words of ['Waits', 'The environment lacks', 'variables.NEW_KEY'])
    await gate.getByText(words, { exact: true }).first().waitFor();
  expectNoComplaints();
});

test('to refuse wants a reason, and so does to abort', async () => {
  const { received } = await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit(WAITING);
  await page.getByRole('button', { name: 'Refuse… v1.3.3 for prod' }).click();
  const refuse = page.getByRole('dialog');
  await refuse.getByLabel('Type prod to confirm').fill('prod');
  expect(await refuse.getByRole('button', { name: 'Refuse', exact: true }).isDisabled()).toBe(true);
  await refuse.getByRole('textbox', { name: 'Reason' }).fill('rows are missing');
  await refuse
    .getByText("npx towpath signoff give v1.3.3 --environment prod --refuse --note 'rows are missing'")
    .waitFor();
  await refuse.getByRole('button', { name: 'Refuse', exact: true }).click();
  await page.getByRole('region', { name: 'Sign-offs' }).getByText('Refused', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Abort… v1.3.3 to prod' }).click();
  const abort = page.getByRole('dialog');
  await abort.getByLabel('Type prod to confirm').fill('prod');
  await abort.getByRole('textbox', { name: 'Reason' }).fill('too late today');
  await abort.getByText("npx towpath promotions abort prod --reason 'too late today'").waitFor();
  await abort.getByRole('button', { name: 'Abort the promotion', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'v1.3.3 into prod was aborted: too late today' }).waitFor();
  expect(received.map(({ path }) => path)).toEqual(['/api/sign-offs', `/api/promotions/${WAITING_ID}/abort`]);
  expectNoComplaints();
});

test.each([
  { role: 'viewer', offered: [] },
  { role: 'business', offered: ['Sign off…', 'Refuse…'] },
  { role: 'engineer', offered: ['Sign off…', 'Refuse…'] },
  { role: 'administrator', offered: ['Refuse…'] },
  { role: 'release-manager', offered: ['Sign off…', 'Refuse…', 'Abort…'] },
] as const)('A72 $role is offered what the policy of production lets that role do', async ({ role, offered }) => {
  await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = role;
  });
  const page = await visit(WAITING);
  await page.getByRole('region', { name: 'What changes' }).getByRole('table').waitFor();
  const buttons = page.getByRole('button', { name: /^(Sign off|Refuse|Abort|Roll back)…/ });
  await expect.poll(() => buttons.allTextContents()).toEqual([...offered]);
});

test('who made the release or asked for it is told that their word does not count', async () => {
  await start(promotionsWorld(), ({ world, behaviour }) => {
    behaviour.role = 'release-manager';
    const [waiting] = world.promotions.promotions;
    if (waiting) waiting.requestedBy = 'console';
  });
  const page = await visit(WAITING);
  await page
    .getByText('You asked for this promotion: your sign-off would not count, somebody else has to give it.')
    .waitFor();
  expect(await page.getByRole('button', { name: /^Sign off…/ }).count()).toBe(0);
});

test('A68 an approval of who asked for the promotion is shown as what counts for nothing, and is missing still', async () => {
  await start(promotionsWorld(), ({ world }) => {
    const [waiting] = world.promotions.promotions;
    if (waiting) waiting.requestedBy = 'grace';
  });
  const page = await visit(WAITING);
  const panel = page.getByRole('region', { name: 'Sign-offs' });
  await panel.getByText('Does not count here: grace asked for this promotion').waitFor();
  await panel.getByText('Missing: 1 of role engineer, 1 of role business, 1 of role release-manager').waitFor();
  expectNoComplaints();
});

test('A70 an emergency is red and loud wherever its promotion is', async () => {
  await start(emergencyWorld());
  const page = await visit(WAITING);
  const banner = page.getByRole('region', { name: 'Emergency' });
  await banner.getByText('EMERGENCY in prod').waitFor();
  await banner.getByText('Gates it skips: soak, cycles, freeze.').waitFor();
  await banner.getByText('Orders of the morning are lost; vp-lena approved, olaf is on call.').waitFor();
  expect(await banner.evaluate((element) => getComputedStyle(element).backgroundColor)).toBe('rgb(200, 30, 58)');
  const soak = page.getByRole('list', { name: 'Gates' }).getByRole('listitem').filter({ hasText: 'soak' });
  await soak.getByText('Skipped', { exact: true }).waitFor();
  await page.getByRole('heading', { level: 1, name: /1 of 4 gates waits · needs a person or a run/ }).waitFor();
  await page.getByRole('link', { name: 'Board' }).first().click();
  await banner.waitFor({ state: 'detached' });
  await page.getByText('EMERGENCY').waitFor();
  await page.getByRole('link', { name: 'Releases' }).click();
  await page.getByText('EMERGENCY').waitFor();
  expectNoComplaints();
});

test('a denied one says why, and is promoted again from there', async () => {
  await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit(`/promotions/${REFUSED_ID}`);
  await page
    .getByRole('heading', {
      level: 1,
      name: 'v1.3.2 into prod was denied by its gates: The policy wants a rollback plan, and there is none.',
    })
    .waitFor();
  await page.getByRole('list', { name: 'Plan' }).getByText('ended here').waitFor();
  await page.getByRole('link', { name: 'Promote again… v1.3.2 to prod' }).click();
  await page.getByRole('region', { name: 'Promote to prod' }).waitFor();
  expectNoComplaints();
});

test('what was replaced since is said in the past, with what took its place, and no way back from it', async () => {
  await start(replacedWorld());
  const page = await visit(`/promotions/${DONE_ID}`);
  await page
    .getByRole('heading', { level: 1, name: /^v1\.3\.3 was in int until \w{3} [\d-]{10} \d\d:\d\d$/ })
    .waitFor();
  await page.getByText('Rolled back', { exact: true }).waitFor();
  await page.getByText('It was rolled back to v1.3.2: orders load twice').waitFor();
  const banner = page.getByRole('region', { name: 'Emergency' });
  await banner.getByText('This was an EMERGENCY in int').waitFor();
  expect(await banner.getByText('It holds until').count()).toBe(0);
  const gates = page.getByRole('list', { name: 'Gates' });
  await gates.getByText('Waited', { exact: true }).waitFor();
  await gates.getByText('Allowed', { exact: true }).waitFor();
  const words = page.getByRole('region', { name: 'Sign-offs' });
  await words.getByText('Counted when this ended').waitFor();
  expect(await words.getByText('lena').count()).toBe(0);
  expect(await page.getByRole('region', { name: 'Timeline' }).getByText(/lena/).count()).toBe(0);
  expect(await page.getByText(/Asked again|its next runs use it/).count()).toBe(0);
  expect(await page.getByRole('button', { name: /^Roll back…/ }).count()).toBe(0);
  await page.getByRole('link', { name: 'v1.3.2', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'int is back at v1.3.2' }).waitFor();
  await page.getByText(/its next runs use it/).waitFor();
  await page.getByText('Took', { exact: true }).waitFor();
  expect(await page.getByRole('button', { name: /^Roll back…/ }).count()).toBe(0);
  for (const gone of [/Judge the gates/, /shipped policy/, /from the last gate on/])
    expect(await page.getByText(gone).count()).toBe(0);
  expectNoComplaints();
});

test('A83 the way back is one action: consequences in words, a reason, its command', async () => {
  const { received } = await start(promotionsWorld());
  const page = await visit(`/promotions/${DONE_ID}`);
  await page.getByRole('heading', { level: 1, name: 'v1.3.3 is in int' }).waitFor();
  await page.getByRole('button', { name: 'Roll back… int from v1.3.3' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/No freeze is asked, and no gate but that of deploy plans/).waitFor();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('orders load twice');
  await dialog.getByText("npx towpath rollback int --from v1.3.3 --reason 'orders load twice'").waitFor();
  await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
  await page.getByText('A rollback passes no gate and no freeze.').waitFor();
  expect(received[0]).toMatchObject({
    path: '/api/environments/int/rollback',
    body: { from: NEW_RELEASE.id, reason: 'orders load twice' },
  });
  expectNoComplaints();
});

test('A83 where nothing ran before, that is said before anybody gives a reason', async () => {
  await start(promotionsWorld(), ({ world: { promotions } }) => {
    promotions.releases.splice(1);
  });
  const page = await visit(`/promotions/${DONE_ID}`);
  await page.getByRole('button', { name: 'Roll back… int from v1.3.3' }).click();
  await page.getByRole('dialog').getByText('It ran none before.').waitFor();
});

test('A84 the way back says which models it touches, and makes chosen ones anew', async () => {
  const modelOf = (name: string, checksum: string, materialized: string, ...reads: readonly string[]) => ({
    ...{ name: `model.shop.${name}`, checksum: checksum.repeat(64), materialized },
    dependsOn: reads.map((one) => `model.shop.${one}`),
  });
  const dbtOf = (checksum: string) => ({
    project: 'shop',
    models: [modelOf('totals', '1', 'table', 'orders'), modelOf('orders', checksum, 'incremental')],
  });
  const { received } = await start(promotionsWorld(), ({ world: { promotions } }) => {
    const [newest, oldest] = [promotions.releases[0], promotions.releases.at(-1)];
    if (newest) newest.bill.dbt = dbtOf('2');
    if (oldest) oldest.bill.dbt = dbtOf('1');
  });
  const page = await visit(`/promotions/${DONE_ID}`);
  await page.getByRole('button', { name: 'Roll back… int from v1.3.3' }).click();
  const dialog = page.getByRole('dialog');
  const table = dialog.getByRole('region', { name: 'dbt models that this touches' });
  await table.getByRole('row', { name: /orders changed stay; a full refresh makes them anew/ }).waitFor();
  await table.getByRole('row', { name: /totals downstream made anew by its next run/ }).waitFor();
  await dialog.getByRole('combobox', { name: 'Make models anew' }).click();
  // What keeps its rows comes first.
  expect(await page.getByRole('option').allTextContents()).toEqual(['orders', 'totals']);
  await page.getByRole('option', { name: 'orders' }).click();
  await dialog.getByText('Built as always after them, since they read them: model.shop.totals').waitFor();
  await dialog.getByRole('textbox', { name: 'Reason' }).fill('twice');
  await dialog.getByText(/--from v1\.3\.3 --full-refresh model\.shop\.orders --reason twice/).waitFor();
  await dialog.getByRole('button', { name: 'Roll back', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Full refresh' });
  await panel.getByText('It starts when the environment has the release.').first().waitFor();
  expect(received[0]?.body).toMatchObject({ fullRefresh: { models: ['model.shop.orders'] } });
  expectNoComplaints();
});

test('A84 a rollback whose full refresh failed is not all well, and leads to its run', async () => {
  const run = { id: '01930000-0000-7000-8000-000000000041', number: 41 };
  await start(promotionsWorld(), ({ world: { promotions } }) => {
    const done = promotions.promotions.find(({ id }) => id === DONE_ID);
    if (!done) return;
    const refresh = { pipeline: 'transform', models: ['model.shop.orders'], between: [], problem: null } as const;
    Object.assign(done, { kind: 'rollback', refresh: { ...refresh, state: 'failed', run } });
  });
  const page = await visit(`/promotions/${DONE_ID}`);
  await page.getByRole('heading', { level: 1, name: 'int is back at v1.3.3; its full refresh failed' }).waitFor();
  const link = page.getByRole('region', { name: 'Full refresh' }).getByRole('link', { name: 'transform-int #41' });
  expect(await link.getAttribute('href')).toContain(`/runs/${run.id}`);
  expectNoComplaints();
});

test('A86 a release is promoted after its plan was read, with production named', async () => {
  const { received } = await start(promotionsWorld(), ({ world, behaviour }) => {
    behaviour.role = 'release-manager';
    const [, staging] = world.promotions.rows;
    if (staging) staging.kind = 'production';
    for (const one of world.environments) if (one.name === 'staging') one.kind = 'production';
  });
  const page = await visit(`/releases/${OLD_RELEASE.id}`);
  await page.getByRole('heading', { level: 1, name: 'v1.3.2 runs in prod' }).waitFor();
  await page.getByRole('link', { name: 'Promote… v1.3.2 to staging' }).click();
  const form = page.getByRole('region', { name: 'Promote to staging' });
  await form.getByRole('heading', { name: /^If you asked now: 2 of 6 gates wait/ }).waitFor();
  await form.getByLabel('Rollback plan').fill('npx towpath rollback staging');
  await form.getByRole('heading', { name: /^If you asked now: 2 of 7 gates wait/ }).waitFor();
  await form
    .getByText("npx towpath promote v1.3.2 --to staging --rollback-plan 'npx towpath rollback staging'")
    .waitFor();
  expect(await form.getByRole('button', { name: 'Promote to staging' }).isDisabled()).toBe(true);
  await form.getByLabel('Type staging to confirm').fill('staging');
  await form.getByRole('button', { name: 'Promote to staging' }).click();
  await page.getByRole('heading', { level: 1, name: /^v1\.3\.2 into staging: the gates let it through/ }).waitFor();
  const opened = received.find(({ path }) => path === '/api/promotions');
  expect(opened?.body).toEqual({
    releaseId: OLD_RELEASE.id,
    environment: 'staging',
    rollbackPlan: 'npx towpath rollback staging',
  });
  expectNoComplaints();
});

test('A70 an emergency is asked for with its consequences in words, a reason and its command', async () => {
  const { received } = await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit(`/releases/${NEW_RELEASE.id}?to=prod`);
  const form = page.getByRole('region', { name: 'Promote to prod' });
  await form.getByLabel('Rollback plan').fill('back');
  await form.getByLabel('This is an emergency').check();
  await form.getByText(/^It skips the gates .*, once approved by .* is denied after 4 h\.$/).waitFor();
  await form.getByLabel('Type prod to confirm').fill('prod');
  const button = form.getByRole('button', { name: /^Promote to prod as an emergency/ });
  expect(await button.isDisabled()).toBe(true);
  await form.getByRole('textbox', { name: "Why it can't wait" }).fill('orders are lost');
  await form.getByText("--emergency --reason 'orders are lost'", { exact: false }).waitFor();
  await form.getByRole('list', { name: 'Gates' }).getByText('Skipped').waitFor();
  await button.click();
  await page.getByRole('heading', { level: 1, name: /^v1\.3\.3 into prod/ }).waitFor();
  expect(received.find(({ path }) => path === '/api/promotions')?.body).toMatchObject({
    emergency: { reason: 'orders are lost' },
  });
  expectNoComplaints();
});

test('what failed technically is retried from its page', async () => {
  const { received } = await start(promotionsWorld(), ({ world }) => {
    const done = world.promotions.promotions.find(({ id }) => id === DONE_ID);
    Object.assign(done ?? {}, { state: 'errored', endReason: 'first could not load it.' });
  });
  const page = await visit(`/promotions/${DONE_ID}`);
  await page
    .getByRole('heading', { level: 1, name: 'v1.3.3 into int failed technically: first could not load it.' })
    .waitFor();
  await page.getByRole('button', { name: 'Retry… v1.3.3 to int' }).click();
  await page.getByRole('dialog').getByText('npx towpath promotions retry int').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Retry', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: /agents load it now$/ }).waitFor();
  expect(received.map(({ path }) => path)).toEqual([`/api/promotions/${DONE_ID}/retry`]);
  expectNoComplaints();
});

test('nothing may be done while the connection is lost', async () => {
  const { hangUp } = await start(promotionsWorld(), ({ behaviour }) => {
    behaviour.role = 'release-manager';
  });
  const page = await visit(WAITING);
  await page.getByText('Live', { exact: true }).waitFor();
  hangUp();
  await page.getByText('Connection lost.').waitFor();
  const enabled = page.getByRole('button', { name: /^(Sign off|Refuse|Abort)…/ }).and(page.locator(':enabled'));
  expect(await enabled.count()).toBe(0);
});

test('an unknown promotion says so', async () => {
  await start(promotionsWorld());
  const page = await visit('/promotions/01930000-0000-7000-8000-000000000000');
  await page.getByRole('heading', { level: 1, name: "This promotion can't be shown" }).waitFor();
  await page.getByText('There is no promotion.').waitFor();
});
