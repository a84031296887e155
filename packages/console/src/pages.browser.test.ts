// Every page in its states, in a real Chromium, under the content security policy, by role and name.
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { setUpPages } from './testing/set-up-pages.ts';
import { brokenWorld, emptyWorld, hugeWorld, productionWorld, runIdOf, typicalWorld } from './testing/worlds.ts';

const { start, visit, expectNoComplaints } = setUpPages();

describe('the way in', () => {
  test('a one-time link opens the console, at the page looked at last', async () => {
    const server = await start(typicalWorld(), ({ behaviour }) => {
      behaviour.isSignedIn = false;
    });
    const page = await visit('/open#good-link');
    await page.waitForURL('**/runs');
    await page.getByRole('link', { name: 'Pipelines' }).click();
    await page.getByRole('heading', { name: '1 pipeline from 1 code location' }).waitFor();
    server.behaviour.links.add('second');
    await page.goto(`${server.url}/open#second`);
    await page.waitForURL('**/pipelines');
    expectNoComplaints();
  });

  test('a used link says so and tells the commands for a new one', async () => {
    await start(typicalWorld(), ({ behaviour }) => {
      behaviour.isSignedIn = false;
    });
    const page = await visit('/open#used');
    await page.getByRole('heading', { name: 'This link does not open the console' }).waitFor();
    await page.getByText('npx towpath console').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('a used link does no harm to who is signed in', async () => {
    await start(typicalWorld());
    const page = await visit('/open#used');
    await page.waitForURL('**/runs');
  });

  test('without a session every page says how to get one', async () => {
    await start(typicalWorld(), ({ behaviour }) => {
      behaviour.isSignedIn = false;
    });
    const page = await visit('/pipelines');
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/pipelines');
  });

  test('where there is an identity provider, it is offered, and leads back to the page', async () => {
    await start(typicalWorld(), ({ behaviour }) => {
      behaviour.isSignedIn = false;
      behaviour.provider = 'login.example.com';
    });
    const page = await visit('/pipelines');
    const link = page.getByRole('link', { name: 'Sign in at login.example.com' });
    await link.waitFor();
    expect(await link.getAttribute('href')).toBe('/api/login?returnTo=%2Fpipelines');
    await page.getByText('npx towpath console').waitFor();
  });

  test('a sign-in that failed says why in our words, whatever the address says', async () => {
    await start(typicalWorld(), ({ behaviour }) => {
      behaviour.isSignedIn = false;
    });
    const page = await visit('/login?problem=LOGIN_UNKNOWN');
    await page.getByRole('heading', { name: 'You were not signed in' }).waitFor();
    await page.getByRole('alert').getByText('This sign-in is over').waitFor();
    const odd = await visit('/login?problem=call%20555-0100');
    await odd.getByRole('alert').getByText('The sign-in failed.').waitFor();
    expect(await odd.getByText('555-0100').count()).toBe(0);
  });

  test('a session that ends while one looks is told', async () => {
    const { behaviour, hangUp } = await start(typicalWorld());
    const page = await visit('/runs');
    await page.getByText('Live', { exact: true }).waitFor();
    behaviour.isSignedIn = false;
    hangUp();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/runs');
  });

  test('an unknown address says so', async () => {
    const server = await start(typicalWorld());
    const page = await visit('/nowhere');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    await page.goto(`${server.url}/runs/41`);
    await page.getByRole('heading', { name: 'There is no such run' }).waitFor();
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(await page.getByRole('button', { name: 'Try again' }).count()).toBe(0);
  });
});

describe('each view in its four states', () => {
  const views = [
    {
      name: 'runs',
      path: '/runs',
      busy: 'Loading runs',
      good: (page: Page) => page.getByRole('table', { name: 'Runs' }),
    },
    {
      name: 'a run',
      path: `/runs/${runIdOf(41)}`,
      busy: 'Loading the run',
      good: (page: Page) => page.getByRole('heading', { name: /^Failed: ingest-dbo-orders exited with 1/ }),
    },
    {
      name: 'pipelines',
      path: '/pipelines',
      busy: 'Loading pipelines',
      good: (page: Page) => page.getByRole('heading', { name: 'sqlserver-bronze', exact: true }),
    },
  ];

  test.each(views)('$name: loading, then there; stale when the connection is lost, then live again', async (view) => {
    const { behaviour, hangUp, accept } = await start(typicalWorld(), ({ behaviour: early }) => {
      early.isHanging = true;
    });
    const page = await visit(view.path);
    await page.getByRole('status', { name: view.busy }).waitFor();
    behaviour.isHanging = false;
    await view.good(page).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    expectNoComplaints();
    hangUp();
    await page.getByText('Connection lost.').waitFor();
    await page.getByText('Not live').waitFor();
    await page.getByRole('button', { name: 'Agent unknown' }).waitFor();
    expect(
      await page
        .getByRole('button', { name: /^(Run|Re-run)/ })
        .and(page.locator(':enabled'))
        .count(),
    ).toBe(0);
    await view.good(page).waitFor();
    accept();
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('Connection lost.').waitFor({ state: 'detached' });
  });

  test.each(views)('$name: an error shows what, why and fix, and asks again', async (view) => {
    const { behaviour } = await start(typicalWorld(), ({ behaviour: early }) => {
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
    await alert.getByText('connection refused').waitFor();
    await alert.getByText('Start it.').waitFor();
    const button = page.getByRole('button', { name: 'Try again' }).first();
    const asked = page.waitForRequest((request) => /^\/api\/(?!events)/.test(new URL(request.url()).pathname));
    await button.click();
    await asked;
    behaviour.problem = undefined;
    // A new start of the event stream asks as well; whichever is first takes the button away.
    await Promise.race([button.click().catch(() => undefined), view.good(page).waitFor()]);
    await view.good(page).waitFor();
  });

  test('empty views teach the next command', async () => {
    await start(emptyWorld());
    const page = await visit('/runs');
    await page.getByRole('region', { name: 'Start the first one' }).getByText('npx towpath run <pipeline>').waitFor();
    await page.getByRole('link', { name: 'Pipelines' }).click();
    await page.getByRole('region', { name: 'No pipeline is registered' }).getByText('npx towpath init').waitFor();
    expectNoComplaints();
  });

  test('lists in which a filter leaves nothing teach how to see all, and the command', async () => {
    await start(typicalWorld());
    const page = await visit('/runs?state=cancelled');
    const runs = page.getByRole('region', { name: 'No run matches the filter' });
    await runs.getByText('npx towpath runs').waitFor();
    await runs.getByRole('link', { name: 'show all' }).click();
    await page.getByText('40 runs in all').waitFor();
    await page.goto(new URL('/pipelines?q=nothing', page.url()).href);
    const pipelines = page.getByRole('region', { name: 'No pipeline matches “nothing”' });
    await pipelines.getByText('npx towpath pipelines').waitFor();
    await pipelines.getByRole('link', { name: 'Show all' }).click();
    await page.getByRole('link', { name: 'sqlserver-bronze', exact: true }).waitFor();
    expectNoComplaints();
  });

  test('a run that does not exist says so', async () => {
    await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(999)}`);
    await page
      .getByRole('alert')
      .getByText(/There is no run/)
      .waitFor();
  });
});

describe('runs', () => {
  test('the page answers first, and an event brings a new run without asking in between', async () => {
    const { world, emit } = await start(typicalWorld());
    const page = await visit('/runs');
    await page.getByRole('heading', { name: /^1 of the last 20 runs failed/ }).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    const [newest] = world.runs;
    if (!newest) throw new Error('the world has no run');
    world.runs.unshift({ ...newest, id: runIdOf(43), number: 43, name: 'sqlserver-bronze-local #43' });
    emit('run.planned', runIdOf(43));
    await page.getByRole('link', { name: 'sqlserver-bronze-local #43' }).waitFor();
    expectNoComplaints();
  });

  test('the filter lives in the URL and survives a reload', async () => {
    await start(typicalWorld());
    const page = await visit('/runs');
    await page.getByRole('combobox', { name: 'Filter by state' }).click();
    await page.getByRole('option', { name: 'Failed' }).click();
    await page.waitForURL('**/runs?state=failed');
    await page.getByText('1 run in all').waitFor();
    await page.reload();
    await page.getByText('1 run in all').waitFor();
    await page.goBack();
    await page.getByText('40 runs in all').waitFor();
  });

  test('5,000 runs: few rows are drawn, more come by scrolling, and a long list still takes events', async () => {
    const { world, emit } = await start(hugeWorld());
    const page = await visit('/runs');
    await page.getByRole('link', { name: 'warehouse-01-nightly-local #5000' }).waitFor();
    for (const shown of ['200', '300']) {
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.getByText(new RegExp(`^[${shown[0]}-9]\\d\\d runs shown`)).waitFor();
    }
    expect(await page.getByRole('row').count()).toBeLessThan(80);
    const [newest] = world.runs;
    if (!newest) throw new Error('the world has no run');
    world.runs.unshift({ ...newest, id: runIdOf(5001), number: 5001, name: 'newcomer-local #5001' });
    emit('run.planned', runIdOf(5001));
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.getByRole('link', { name: 'newcomer-local #5001' }).waitFor();
    expectNoComplaints();
  });

  test('with every agent silent nothing is called running', async () => {
    await start(brokenWorld());
    const page = await visit('/runs');
    const table = page.getByRole('table', { name: 'Runs' });
    await table.getByText('Uncertain').waitFor();
    await page.getByText(/No agent is live: nothing starts/).waitFor();
    expect(await table.getByText('Running', { exact: true }).count()).toBe(0);
  });
});

describe('a run', () => {
  test('the failed task is open: reason, exit code, attempts, log', async () => {
    await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(41)}`);
    const task = page.getByRole('region', { name: 'Task ingest-dbo-orders' });
    await task.getByText('EXIT_CODE').waitFor();
    await task.getByRole('region', { name: 'Log text' }).getByText('SOURCE_CONNECTION_LOST').waitFor();
    await task
      .getByLabel('Last error of the log')
      .getByText('ECONNRESET after 412 of 830 rows of dbo.Orders')
      .waitFor();
    await task.getByText('npx towpath logs -f 41 --task ingest-dbo-orders').waitFor();
    await task.getByRole('link', { name: 'Attempt 1: failed' }).click();
    await page.waitForURL('**task=ingest-dbo-orders&attempt=1');
    await page.getByRole('link', { name: /^ingest-dbo-products.*Succeeded/ }).click();
    await page.getByRole('region', { name: 'Task ingest-dbo-products' }).getByText('bronze.dbo_products').waitFor();
    expectNoComplaints();
  });

  test('quarantined rows are told above the tasks, in the timeline and in the graph', async () => {
    await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(35)}`);
    await page.getByText('2 rows quarantined: ingest-dbo-orders 2. Read, but not loaded.').waitFor();
    await page.getByRole('link', { name: /^ingest-dbo-orders.*Succeeded.*2 quarantined/ }).waitFor();
    await page.getByRole('region', { name: 'Tasks' }).getByText('Graph', { exact: true }).click();
    const graph = page.getByRole('region', { name: 'Graph of tasks' });
    await graph.getByRole('link', { name: /^ingest-dbo-orders *Succeeded · 2 quarantined/ }).click();
    const rows = page.getByRole('region', { name: 'Task ingest-dbo-orders' }).getByLabel(/^Rows of/);
    await rows.getByText('quarantined').waitFor();
    expectNoComplaints();
  });

  test('a log follows what is written, holds still when searched, and downloads whole', async () => {
    const { world } = await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(42)}`);
    const attemptId = world.runs[0]?.tasks[1]?.attempts[0]?.id ?? '';
    await page.getByText(/more may come/).waitFor();
    const lines = Array.from({ length: 300 }, (_, index) => `line ${index}\n`).join('');
    world.logs.set(attemptId, `${world.logs.get(attemptId)}${lines}šum 🚂\n`);
    await page.getByText('šum 🚂').waitFor();
    await page.getByRole('textbox', { name: 'Search in the log' }).fill('line 12');
    await page.getByText('1 of 11').waitFor();
    expect(await page.getByRole('switch', { name: 'Follow' }).isChecked()).toBe(false);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download the log' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('sqlserver-bronze-local #42 ingest-dbo-orders attempt 1.log');
    expectNoComplaints();
  });

  test('a long line of a log wraps, each line below the other, until that is switched off', async () => {
    const { world } = await start(typicalWorld());
    const attemptId = world.runs[0]?.tasks[1]?.attempts[0]?.id ?? '';
    world.logs.set(attemptId, `${'long '.repeat(200)}\nshort\n`);
    const page = await visit(`/runs/${runIdOf(42)}`, { width: 400 });
    const text = page.getByRole('region', { name: 'Log text' });
    await page.getByText(/^2 lines, .*more may come$/).waitFor();
    const measure = async () => {
      const [long, short] = await Promise.all([
        text.getByText('long').boundingBox(),
        text.getByText('short').boundingBox(),
      ]);
      const isBelow = (short?.y ?? 0) >= (long?.y ?? 0) + (long?.height ?? 0);
      return { isWide: (long?.width ?? 0) > 400, isBelow };
    };
    await expect.poll(measure).toEqual({ isWide: false, isBelow: true });
    await page.getByRole('switch', { name: 'Wrap' }).click();
    await expect.poll(measure).toEqual({ isWide: true, isBelow: true });
    expectNoComplaints();
  });

  test('cancelling asks first, names the environment, and sends the CSRF word', async () => {
    const { received } = await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(42)}`);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel sqlserver-bronze-local #42 in local?' });
    await dialog.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('Cancelling', { exact: true }).waitFor();
    expect(received).toEqual([{ path: `/api/runs/${runIdOf(42)}/cancel`, body: {}, csrf: 'csrf-word' }]);
    expectNoComplaints();
  });

  test('in production cancelling wants the name typed, and the whole frame says where one is', async () => {
    await start(productionWorld());
    const page = await visit(`/runs/${runIdOf(42)}`);
    await page.getByText('production', { exact: true }).waitFor();
    await expect.poll(() => page.title()).toMatch(/^PRODUCTION · .* · prod-eu · Towpath$/);
    await page.getByRole('button', { name: 'Cancel run' }).click();
    const confirm = page.getByRole('button', { name: 'Cancel the run' });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByRole('textbox', { name: 'Type prod-eu to confirm' }).fill('prod-eu');
    expect(await confirm.isDisabled()).toBe(false);
  });

  test('running again goes to the new run', async () => {
    const { received } = await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(41)}`);
    await page.getByRole('button', { name: /^Run again/ }).click();
    await page.waitForURL(`**/runs/${runIdOf(43)}`);
    expect(received.map(({ body }) => body)).toEqual([{ pipeline: 'sqlserver-bronze', environment: 'local' }]);
  });

  test('re-running from failed says what it keeps, and goes to a run that leads back', async () => {
    const { received } = await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(41)}`);
    await page.getByRole('button', { name: 'Re-run…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Re-run sqlserver-bronze-local #41 in local' });
    await dialog.getByText('1 of 3 tasks runs again: ingest-dbo-orders. 2 keep how they ended.').waitFor();
    await dialog.getByText('npx towpath rerun 41 --from-failed').waitFor();
    await dialog.getByRole('button', { name: 'Re-run', exact: true }).click();
    await page.waitForURL(`**/runs/${runIdOf(43)}`);
    expect(received).toMatchObject([{ path: `/api/runs/${runIdOf(41)}/rerun`, body: { from: 'failed' } }]);
    await page.getByRole('link', { name: /^ingest-dbo-customer.*Succeeded/ }).click();
    await page.getByText('It succeeded in an earlier run').waitFor();
    await page.getByRole('link', { name: '#41', exact: true }).click();
    await page.waitForURL(`**/runs/${runIdOf(41)}`);
    expectNoComplaints();
  });

  test('giving an uncertain attempt up asks first and says what follows', async () => {
    const { world, received } = await start(brokenWorld());
    const page = await visit(`/runs/${runIdOf(12)}`);
    await page.getByRole('button', { name: 'Give up' }).click();
    const dialog = page.getByRole('dialog', { name: 'Give up attempt 1 of ingest-dbo-orders in local?' });
    await dialog.getByText('tried again only if it is declared idempotent').waitFor();
    await dialog.getByRole('button', { name: 'Give the attempt up' }).click();
    await page.getByText('GIVEN_UP').waitFor();
    const attemptId = world.runs[0]?.tasks[0]?.attempts[0]?.id;
    expect(received).toEqual([{ path: `/api/attempts/${attemptId}/give-up`, body: {}, csrf: 'csrf-word' }]);
    expect(await page.getByRole('button', { name: 'Give up' }).count()).toBe(0);
    expectNoComplaints();
  });

  test('a viewer is offered nothing they may not do', async () => {
    await start(typicalWorld(), ({ behaviour }) => {
      behaviour.role = 'viewer';
    });
    const page = await visit(`/runs/${runIdOf(42)}`);
    await page.getByRole('heading', { name: /^Running/ }).waitFor();
    await page.getByText('(viewer)').waitFor();
    expect(await page.getByRole('button', { name: /Cancel run|Run again/ }).count()).toBe(0);
  });

  test('a graph of 200 tasks is laid out in a worker, opens at what failed, and its tasks are links', async () => {
    await start(hugeWorld());
    const page = await visit(`/runs/${runIdOf(5000)}?view=graph`);
    const graph = page.getByRole('region', { name: 'Graph of tasks' });
    await graph.getByRole('link', { name: /^t77 *Failed/ }).waitFor();
    const upstream = graph.getByRole('link', { name: /^t67 *Succeeded/ });
    await upstream.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Task t67' }).waitFor();
    await page.getByText('100,000').or(page.getByText('102,479')).first().waitFor();
    expectNoComplaints();
  });

  test('a window made narrow lays the timeline out anew: rows follow each other, each with its bars', async () => {
    await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(40)}`, { width: 1600 });
    const rows = page.getByRole('list', { name: 'Timeline of tasks' }).getByRole('listitem');
    const measure = async () => Promise.all((await rows.all()).map((row) => row.boundingBox()));
    const listGaps = async () => {
      const boxes = (await measure()).filter((box) => box !== null);
      return boxes
        .slice(1)
        .map((box, index) => Math.round(box.y - (boxes[index]?.y ?? 0) - (boxes[index]?.height ?? 0)));
    };
    await rows.nth(2).waitFor();
    for (const width of [400, 1600]) {
      await page.setViewportSize({ width, height: 900 });
      await expect.poll(listGaps).toEqual([0, 0]);
      const list = await page.getByRole('list', { name: 'Timeline of tasks' }).boundingBox();
      const last = (await measure()).at(-1);
      expect(Math.round((last?.y ?? 0) + (last?.height ?? 0))).toBe(Math.round((list?.y ?? 0) + (list?.height ?? 0)));
    }
  });

  test('a window made narrow fits the graph again', async () => {
    await start(typicalWorld());
    const page = await visit(`/runs/${runIdOf(40)}?view=graph`, { width: 1600 });
    const graph = page.getByRole('region', { name: 'Graph of tasks' });
    const tasks = graph.getByRole('link', { name: /^ingest-dbo-/ });
    await tasks.nth(2).waitFor();
    await page.setViewportSize({ width: 400, height: 900 });
    const countOutside = async () => {
      const frame = await graph.boundingBox();
      const boxes = await Promise.all((await tasks.all()).map((task) => task.boundingBox()));
      if (!frame) return boxes.length;
      return boxes.filter((box) => !box || box.x < frame.x || box.x + box.width > frame.x + frame.width).length;
    };
    await expect.poll(countOutside).toBe(0);
  });

  test('names full of HTML, right-to-left text and emoji are text', async () => {
    await start(brokenWorld());
    const page = await visit(`/runs/${runIdOf(11)}`);
    await page.getByRole('heading', { name: /^Failed: <img src=x onerror=alert\(1\)> exited with 78/ }).waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    await page.getByText('<script>alert("log")</script> <b>bold?</b>').waitFor();
    expectNoComplaints();
  });
});

describe('pipelines', () => {
  test('code that does not load is told loudly, and that the last good stays', async () => {
    await start(brokenWorld());
    const page = await visit('/pipelines');
    const alert = page.getByRole('alert', { name: 'Code location example does not load' });
    await alert.getByText(/pipelines\/sqlserver-bronze.ts:14:9/).waitFor();
    await alert.getByText(/last good ones/).waitFor();
  });

  test('a pipeline shows its last runs and starts a new one', async () => {
    await start(typicalWorld());
    const page = await visit('/pipelines');
    await page.getByRole('link', { name: 'sqlserver-bronze-local #41: failed' }).waitFor();
    await page.getByText('npx towpath run sqlserver-bronze').waitFor();
    await page.getByRole('button', { name: 'Run sqlserver-bronze in local' }).click();
    await page.waitForURL(`**/runs/${runIdOf(43)}`);
    expectNoComplaints();
  });
});

test('the keyboard reaches everything', async () => {
  await start(typicalWorld());
  const page = await visit('/runs');
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.textContent ?? '');
  await page.getByRole('link', { name: 'sqlserver-bronze-local #42' }).waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  expect(await focused()).toBe('sqlserver-bronze-local #41');
  await page.keyboard.press('k');
  expect(await focused()).toBe('sqlserver-bronze-local #42');
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/runs/${runIdOf(42)}`);
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await page.waitForURL('**/pipelines');
  await page.getByRole('textbox', { name: 'Filter pipelines' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('gr');
  await page.waitForURL('**/pipelines?q=gr');
  await page.keyboard.press('Escape');
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' });
  await page.keyboard.press('g');
  await page.keyboard.press('r');
  await page.waitForURL('**/runs');
  expectNoComplaints();
});
