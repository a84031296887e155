// Schedules, pools, parameters, grid, audit and search, in a real Chromium, by role and name.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
import { ENGINE_PIPELINE } from './testing/world-engine.ts';
import { emptyWorld, engineWorld, productionWorld, runIdOf, typicalWorld } from './testing/worlds.ts';

const { start, visit, expectNoComplaints } = setUpPages();

const PIPELINE_PATH = `/pipelines/${ENGINE_PIPELINE}`;

describe('each view in its four states', () => {
  const views = [
    {
      name: 'schedules',
      path: '/schedules',
      busy: 'Loading schedules',
      good: (page: Page) => page.getByRole('heading', { name: /^Next: nightly-shop in .* 1 of 2 schedules paused/ }),
    },
    {
      name: 'the environment',
      path: '/environment',
      busy: 'Loading the environment',
      good: (page: Page) => page.getByRole('region', { name: 'Pools' }).getByText('3 of 3 slots held; 4 tasks wait'),
    },
    {
      name: 'audit',
      path: '/audit',
      busy: 'Loading the audit',
      good: (page: Page) => page.getByRole('heading', { name: '260 decisions recorded, linked up to the last' }),
    },
    {
      name: 'a pipeline',
      path: PIPELINE_PATH,
      busy: 'Loading the pipeline',
      good: (page: Page) => page.getByRole('region', { name: 'Start a run' }).getByText('How many levels'),
    },
    {
      name: 'the grid',
      path: `/runs?view=grid&pipeline=${ENGINE_PIPELINE}`,
      busy: 'Loading the grid',
      good: (page: Page) => page.getByRole('link', { name: /^part-10 in #60: failed, / }),
    },
  ];

  test.each(views)('$name: loading, then there; stale when the connection is lost, then live again', async (view) => {
    const { behaviour, hangUp, accept } = await start(engineWorld(), ({ behaviour: early }) => {
      // The grid waits for the names of pipelines first; its own loading is shown below.
      early.isHanging = view.name !== 'the grid';
    });
    const page = await visit(view.path);
    if (view.name !== 'the grid') await page.getByRole('status', { name: view.busy }).waitFor();
    behaviour.isHanging = false;
    await view.good(page).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expectNoComplaints();
    hangUp();
    await page.getByText('Connection lost.').waitFor();
    const enabled = page.locator('main').getByRole('button', { name: /^(Run|Pause|Resume|Set slots)/ });
    expect(await enabled.and(page.locator(':enabled')).count()).toBe(0);
    await view.good(page).waitFor();
    accept();
    await page.getByText('Connection lost.').waitFor({ state: 'detached' });
  });

  const pages = views.filter(({ name }) => name !== 'the grid');
  test.each(pages)('$name: an error shows what, why and fix, and asks again', async (view) => {
    const { behaviour } = await start(engineWorld(), ({ behaviour: early }) => {
      early.problem = {
        status: 500,
        code: 'DATABASE_UNAVAILABLE',
        title: 'The database does not answer.',
        detail: 'connection refused',
        fix: 'Start it.',
      };
    });
    const page = await visit(view.path);
    const alert = page.getByRole('alert').first();
    await alert.getByText('The database does not answer.').waitFor();
    await alert.getByText('Start it.').waitFor();
    behaviour.problem = undefined;
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await view.good(page).waitFor();
  });

  test('the grid: loading, then an error with its fix, then there when asked again', async () => {
    const { behaviour } = await start(engineWorld());
    const page = await visit('/pipelines');
    const link = page.getByRole('link', { name: 'warehouse-01-nightly', exact: true });
    await link.waitFor();
    behaviour.isHanging = true;
    await link.click();
    await page.getByRole('status', { name: 'Loading the grid' }).waitFor();
    behaviour.problem = {
      status: 500,
      code: 'DATABASE_UNAVAILABLE',
      title: 'The database does not answer.',
      fix: 'Start it.',
    };
    behaviour.isHanging = false;
    const grid = page.getByRole('region', { name: 'Runs and tasks' });
    await grid.getByRole('alert').getByText('Start it.').waitFor();
    behaviour.problem = undefined;
    await grid.getByRole('button', { name: 'Try again' }).click();
    await grid.getByRole('link', { name: /^t2 in #70/ }).waitFor();
  });

  test('empty views teach the definition or the command', async () => {
    await start(emptyWorld());
    const page = await visit('/schedules');
    const schedules = page.getByRole('region', { name: 'No pipeline has a schedule' });
    await schedules.getByText("schedule({ cron: '0 6 * * 1-5', timeZone: 'Europe/London' })").waitFor();
    // The name that a project imports, not that of a package inside.
    await schedules.getByText('towpath', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Audit' }).click();
    await page.getByRole('region', { name: 'Nothing was decided here yet' }).getByText('npx towpath audit').waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Environment' }).click();
    await page.getByRole('region', { name: 'Pools' }).getByText('npx towpath pools set warehouse 4 --create').waitFor();
    expectNoComplaints();
  });
});

describe('schedules', () => {
  test('slots stand in the zone of the viewer and of the schedule, past ones with what became of them', async () => {
    await start(engineWorld());
    const page = await visit('/schedules');
    const card = page.getByRole('listitem').filter({ hasText: 'nightly-shop / default' }).first();
    await card.getByText('your time = America/New_York').waitFor();
    expect(await card.getByRole('region', { name: 'Next slots' }).getByRole('listitem').count()).toBe(5);
    const last = card.getByRole('region', { name: 'Last slots' });
    await last.getByRole('link', { name: '#60' }).waitFor();
    await last.getByText('A run of this schedule had not ended.').waitFor();
    await last.getByText(/No server was there at its time.*All until/).waitFor();
    expectNoComplaints();
  });

  test('pausing asks first, takes a note and shows the command; resuming lets it tick again', async () => {
    const { received } = await start(engineWorld());
    const page = await visit('/schedules');
    await page.getByRole('button', { name: 'Pause… nightly-shop/default' }).click();
    const dialog = page.getByRole('dialog', { name: 'Pause nightly-shop/default in local?' });
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Moving house');
    await dialog.getByText("npx towpath schedules pause nightly-shop/default --note 'Moving house'").waitFor();
    await dialog.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByRole('heading', { name: 'Nothing runs by itself: every schedule is paused' }).waitFor();
    await page.getByText('Moving house').waitFor();
    await page.getByRole('button', { name: 'Resume… nightly-shop/default' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume', exact: true }).click();
    await page.getByRole('heading', { name: /^Next: nightly-shop/ }).waitFor();
    expect(received.map(({ body }) => body)).toEqual([{ note: 'Moving house' }, {}]);
    expectNoComplaints();
  });

  test('running now goes to the run', async () => {
    await start(engineWorld());
    const page = await visit('/schedules');
    await page.getByRole('button', { name: 'Run now… nightly-shop/sundays' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run now', exact: true }).click();
    await page.waitForURL(`**/runs/${runIdOf(71)}`);
  });

  test('a viewer may look only', async () => {
    await start(engineWorld(), ({ behaviour }) => {
      behaviour.role = 'viewer';
    });
    const page = await visit('/schedules');
    await page.getByText('(viewer)').waitFor();
    expect(await page.getByRole('button', { name: /Pause|Resume|Run now/ }).count()).toBe(0);
  });
});

test('setting a pool says what follows, sends it, and the way back is there', async () => {
  const { received } = await start(engineWorld());
  const page = await visit('/environment');
  await page.getByRole('button', { name: 'Set slots of warehouse' }).click();
  const dialog = page.getByRole('dialog', { name: 'Slots of warehouse in local' });
  await dialog.getByRole('textbox', { name: 'Slots' }).fill('many');
  await dialog.getByText('must be a whole number from 0 to 100000').waitFor();
  await dialog.getByRole('textbox', { name: 'Slots' }).fill('5');
  await dialog.getByText(/At most 5 attempts of all runs together.*2 tasks that wait may start at once/).waitFor();
  await dialog.getByText('npx towpath pools set warehouse 5').waitFor();
  await dialog.getByRole('button', { name: 'Set', exact: true }).click();
  await page.getByText('Set to 5 by console; the project declares 3').waitFor();
  await page.getByRole('button', { name: 'Set slots of warehouse' }).click();
  await page.getByRole('button', { name: 'Back to the declared 3' }).click();
  await page.getByText('As the project declares 3').waitFor();
  expect(received.map(({ body }) => body)).toEqual([{ slots: 5 }, { slots: null }]);
  expectNoComplaints();
});

describe('a run with parameters', () => {
  test('what is missing or wrong is said at its field; then the run starts with what was given', async () => {
    const { received } = await start(engineWorld());
    const page = await visit(PIPELINE_PATH);
    const form = page.getByRole('region', { name: 'Start a run' });
    await form.getByRole('textbox', { name: 'depth' }).fill('12');
    await form.getByRole('button', { name: 'Run in local' }).click();
    await form.getByText('is required').waitFor();
    await form.getByText('must be at most 10').waitFor();
    expect(received).toEqual([]);
    await form.locator('input[type=date]').fill('2026-11-25');
    await form.getByRole('textbox', { name: 'depth' }).fill('4');
    await form.getByRole('checkbox', { name: 'isFull' }).check();
    await form.getByRole('textbox', { name: 'Note' }).fill('Backfill');
    await form
      .getByText(
        'npx towpath run nightly-shop --parameter day=2026-11-25 --parameter depth=4 --parameter isFull=true --note Backfill',
      )
      .waitFor();
    await form.getByRole('button', { name: 'Run in local' }).click();
    await page.waitForURL(`**/runs/${runIdOf(71)}`);
    const parameters = { day: '2026-11-25', depth: 4, isFull: true, mode: 'delta', tables: ['customer', 'orders'] };
    expect(received.map(({ body }) => body)).toEqual([
      { pipeline: ENGINE_PIPELINE, environment: 'local', parameters, note: 'Backfill' },
    ]);
    await page.getByRole('region', { name: 'Parameters of this run' }).getByText('customer, orders').waitFor();
    expectNoComplaints();
  });

  test("the server's problems stand at their fields too", async () => {
    const { behaviour } = await start(engineWorld());
    const page = await visit(PIPELINE_PATH);
    const form = page.getByRole('region', { name: 'Start a run' });
    await form.locator('input[type=date]').fill('2026-11-25');
    behaviour.problem = {
      status: 400,
      code: 'PARAMETERS_INVALID',
      title: 'The run can not be started with these parameters.',
      detail: 'depth must be at most 2; mode must be one of snapshot',
    };
    await form.getByRole('button', { name: 'Run in local' }).click();
    await form.getByText('must be at most 2', { exact: true }).waitFor();
    await form.getByText('must be one of snapshot', { exact: true }).waitFor();
  });

  test('running again opens the form with the values of that run', async () => {
    await start(engineWorld());
    const page = await visit(`/runs/${runIdOf(59)}`);
    await page.getByRole('link', { name: 'Run again with… nightly-shop in local' }).click();
    await page.getByText('With the parameters of').waitFor();
    await expect.poll(() => page.locator('input[type=date]').inputValue()).toBe('2026-11-24');
    expectNoComplaints();
  });

  test('a run tells its note, what it stands for, and what the authors of its tasks set', async () => {
    await start(engineWorld());
    const page = await visit(`/runs/${runIdOf(60)}`);
    await page.getByText('Watched by the night shift').waitFor();
    await page.getByText('Stands for').waitFor();
    const task = page.getByRole('region', { name: 'Task part-10' });
    await task.getByText('TypeScript function, exported as').waitFor();
    await task.getByText('warehouse').waitFor();
    await page.getByRole('link', { name: /^call-somebody/ }).click();
    await page.getByText('one did not succeed').waitFor();
    await page.goto(page.url().replace(runIdOf(60), runIdOf(59)));
    await page.getByRole('heading', { name: 'Succeeded: 6 tasks; 1 not needed' }).waitFor();
  });
});

test('chosen tasks are repeated with all behind them, in natural order, with the command that does it', async () => {
  const { received } = await start(engineWorld());
  const page = await visit(`/runs/${runIdOf(59)}`);
  await page.getByRole('button', { name: 'Re-run…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Chosen tasks' }).check();
  const labels = await dialog
    .getByRole('checkbox')
    .evaluateAll((boxes) =>
      boxes.map((box) => (box as HTMLInputElement).labels?.[0]?.querySelector('bdi')?.textContent),
    );
  expect(labels.slice(2, 5)).toEqual(['part-1', 'part-2', 'part-10']);
  await dialog.getByRole('checkbox', { name: /^part-10 / }).check();
  await dialog.getByText('4 of 7 tasks run again: call-somebody, part-10, publish, report.').waitFor();
  await dialog.getByText('npx towpath rerun 59 --tasks part-10').waitFor();
  await dialog.getByRole('textbox', { name: 'Note' }).fill('again');
  await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
  await page.waitForURL(`**/runs/${runIdOf(71)}`);
  expect(received.map(({ body }) => body)).toEqual([{ from: 'tasks', tasks: ['part-10'], note: 'again' }]);
  expectNoComplaints();
});

describe('the grid', () => {
  test('shows runs beside each other, fan-outs by number, and arrows walk it', async () => {
    await start(engineWorld());
    const page = await visit(PIPELINE_PATH);
    const grid = page.getByRole('table', { name: 'Runs and tasks' });
    await grid.getByRole('link', { name: /^part-10 in #60: failed/ }).focus();
    const names = await grid.getByRole('rowheader').allTextContents();
    expect(names).toEqual(['list-parts', 'part-1', 'part-2', 'part-10', 'report', 'call-somebody', 'publish']);
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowLeft');
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toMatch(/^part-2 in #59: succeeded/);
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${runIdOf(59)}?task=part-2`);
    expectNoComplaints();
  });

  test('5,000 tasks: few rows are drawn, and it scrolls to the last', async () => {
    await start(engineWorld());
    const page = await visit('/runs?view=grid&pipeline=warehouse-01-nightly');
    const grid = page.getByRole('table', { name: 'Runs and tasks' });
    await grid.getByRole('link', { name: /^t2 in #70/ }).waitFor();
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
    await grid.evaluate((table) => table.parentElement?.scrollTo(0, table.parentElement.scrollHeight));
    await grid.getByRole('link', { name: 't4999 in #70: waiting' }).waitFor();
    expect(await grid.getByRole('row').count()).toBeLessThan(60);
  });
});

test('a graph of 5,000 tasks says that it is folded, and moves with the chosen task', async () => {
  await start(engineWorld());
  const page = await visit(`/runs/${runIdOf(70)}?view=graph`);
  await page.getByText(/^Folded: the 120 tasks nearest to t77 of 5,000/).waitFor();
  const graph = page.getByRole('region', { name: 'Graph of tasks' });
  await graph.getByRole('link', { name: /^t67 *Succeeded/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByText(/^Folded: the 120 tasks nearest to t67 of 5,000/).waitFor();
  expectNoComplaints();
});

describe('audit', () => {
  test('filters live in the URL, older entries come on demand, and the export is a link', async () => {
    await start(engineWorld());
    const page = await visit('/audit');
    await page.getByText('Signed up to entry 258; 2 since.').waitFor();
    await page.getByText('100 decisions shown').waitFor();
    await page.getByRole('button', { name: 'Load older' }).click();
    await page.getByText('200 decisions shown').waitFor();
    await page.getByRole('combobox', { name: 'Filter by action' }).click();
    await page.getByRole('option', { name: 'pool', exact: true }).click();
    await page.waitForURL('**/audit?action=pool');
    await page.getByText('65 decisions in all').waitFor();
    await page.reload();
    await page.getByText('65 decisions in all').waitFor();
    expect(await page.getByRole('link', { name: 'Export all' }).getAttribute('href')).toBe('/api/audit/export');
    expectNoComplaints();
  });

  test('a chain that nobody links is told loudly', async () => {
    const world = engineWorld();
    Object.assign(world.audit.status, { unlinked: 3, unlinkedSince: '2026-01-01T00:00:00Z' });
    await start(world);
    const page = await visit('/audit');
    await page.getByRole('heading', { name: /^Linking stands still: 3 entries wait for/ }).waitFor();
  });
});

test.each(['/runs', '/pipelines', '/schedules', '/audit'])(
  '%s asks for nothing of other environments before it knows which is its own',
  async (path) => {
    await start(engineWorld());
    const page = await visit('/environment');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const known = Promise.withResolvers<void>();
    const asked: URL[] = [];
    page.on('request', (request) => asked.push(new URL(request.url())));
    await page.route('**/api/environments', async (route) => {
      await known.promise;
      await route.continue();
    });
    await page.goto(new URL(path, page.url()).href);
    await page
      .getByRole('status', { name: /^Loading/ })
      .first()
      .waitFor();
    known.resolve();
    await page
      .getByRole('status', { name: /^Loading/ })
      .first()
      .waitFor({ state: 'detached' });
    const lists = asked.filter(({ pathname }) => /^\/api\/(?:runs|pipelines|schedules|audit)$/.test(pathname));
    expect(lists).not.toEqual([]);
    expect(lists.filter(({ searchParams }) => searchParams.get('environment') === null)).toEqual([]);
  },
);

describe('search and keys', () => {
  test('Ctrl+K finds pages, pipelines and runs, also old ones by number', async () => {
    await start(typicalWorld());
    const page = await visit('/runs');
    await page.getByRole('link', { name: 'sqlserver-bronze-local #42' }).waitFor();
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: 'Search pages, pipelines and runs' });
    await field.fill('bronze #4');
    await page.getByRole('option', { name: /#42/ }).waitFor();
    await field.fill('#7');
    await page.getByRole('option', { name: /sqlserver-bronze-local #7/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/runs/${runIdOf(7)}`);
    // Here `/` is the log's own search.
    await page.keyboard.press('Control+k');
    await field.fill('sched');
    await page.getByRole('option', { name: /^Page *Schedules/ }).click();
    await page.waitForURL('**/schedules');
    expectNoComplaints();
  });

  test('g s, g e and g a go to their pages', async () => {
    await start(engineWorld());
    const page = await visit('/runs');
    await page.getByRole('heading', { name: /failed/ }).waitFor();
    for (const [key, path] of [
      ['s', '/schedules'],
      ['e', '/environment'],
      ['a', '/audit'],
    ]) {
      await page.keyboard.press('g');
      await page.keyboard.press(key ?? '');
      await page.waitForURL(`**${path}`);
    }
  });
});

test('the home page tells the health of the parts and why data is behind', async () => {
  await start(engineWorld());
  const page = await visit('/runs');
  const health = page.getByRole('list', { name: 'Health of the parts' });
  await health.getByText('1 code location loads').waitFor();
  await page.getByText('part-10 exited with 1').waitFor();
  await page.getByText(/2 of its last 10 runs failed/).waitFor();
});

test('in production the name stands in every dialog', async () => {
  const world = productionWorld();
  await start(world);
  const page = await visit(`/runs/${runIdOf(41)}`);
  await page.getByRole('button', { name: 'Re-run…' }).click();
  await page.getByRole('dialog', { name: /in prod-eu$/ }).waitFor();
});
