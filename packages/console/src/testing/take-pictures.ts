// Pictures of every page, both themes, phone and desk, in four situations. `node take-pictures.ts <folder> [filter]`
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser, openPage, type PageOptions } from './browser.ts';
import { uuidOf, type World } from './fixtures.ts';
import { type Behaviour, startTestServer } from './test-server.ts';
import { datakitsWorld, manyDatakitsWorld } from './world-datakits.ts';
import { endsWorld, replacedWorld } from './world-ends.ts';
import { ENGINE_PIPELINE } from './world-engine.ts';
import { environmentsWorld } from './world-environments.ts';
import {
  DONE_ID,
  deployPlanWorld,
  emergencyWorld,
  hugeBoardWorld,
  NEW_RELEASE,
  noReleaseWorld,
  OLD_RELEASE,
  promotionsWorld,
  REFUSED_ID,
  WAITING_ID,
} from './world-promotions.ts';
import { brokenWorld, emptyWorld, engineWorld, hugeWorld, productionWorld, runIdOf, typicalWorld } from './worlds.ts';

interface Situation {
  readonly name: string;
  readonly world: () => World;
  readonly pages: Readonly<Record<string, string>>;
  readonly isSignedOut?: boolean;
  readonly role?: Behaviour['role'];
}

const SITUATIONS: readonly Situation[] = [
  {
    name: 'empty',
    world: emptyWorld,
    pages: {
      runs: '/runs',
      pipelines: '/pipelines',
      schedules: '/schedules',
      environment: '/environment',
      datakits: '/datakits',
      audit: '/audit',
      board: '/board',
      releases: '/releases',
      calendar: '/calendar',
    },
  },
  {
    name: 'typical',
    world: typicalWorld,
    pages: {
      runs: '/runs',
      pipelines: '/pipelines',
      running: `/runs/${runIdOf(42)}`,
      failed: `/runs/${runIdOf(41)}`,
      graph: `/runs/${runIdOf(40)}?view=graph`,
      docker: `/runs/${runIdOf(40)}?task=ingest-dbo-orders`,
      quarantined: `/runs/${runIdOf(35)}?task=ingest-dbo-orders`,
    },
  },
  {
    name: 'engine',
    world: engineWorld,
    pages: {
      schedules: '/schedules',
      environment: '/environment',
      audit: '/audit',
      pipeline: `/pipelines/${ENGINE_PIPELINE}`,
      grid: `/runs?view=grid&pipeline=${ENGINE_PIPELINE}`,
      'grid-wide': '/runs?view=grid&pipeline=warehouse-01-nightly',
      run: `/runs/${runIdOf(60)}`,
      'graph-wide': `/runs/${runIdOf(70)}?view=graph`,
    },
  },
  {
    name: 'environments',
    world: environmentsWorld,
    pages: {
      int: '/environment?environment=int',
      beside: '/environment?environment=prod&beside=int',
      prod: '/environment?environment=prod',
    },
  },
  {
    name: 'datakits',
    world: datakitsWorld,
    pages: { matrix: '/datakits?environment=int' },
  },
  {
    name: 'datakits-many',
    world: manyDatakitsWorld,
    pages: { matrix: '/datakits' },
  },
  {
    name: 'promotions',
    world: promotionsWorld,
    pages: {
      board: '/board',
      open: '/board?only=open',
      waiting: `/promotions/${WAITING_ID}?environment=prod`,
      done: `/promotions/${DONE_ID}?environment=int`,
      refused: `/promotions/${REFUSED_ID}?environment=prod`,
      releases: '/releases',
      release: `/releases/${NEW_RELEASE.id}`,
      calendar: '/calendar?environment=prod',
    },
    role: 'release-manager',
  },
  {
    name: 'ends',
    world: endsWorld,
    pages: {
      releases: '/releases',
      refused: `/promotions/${uuidOf(800_010)}`,
      rollback: `/promotions/${uuidOf(800_015)}`,
    },
    role: 'release-manager',
  },
  { name: 'replaced', world: replacedWorld, pages: { promotion: `/promotions/${DONE_ID}` }, role: 'release-manager' },
  {
    name: 'promote',
    world: promotionsWorld,
    pages: { form: `/releases/${OLD_RELEASE.id}?to=staging` },
  },
  {
    name: 'emergency',
    world: emergencyWorld,
    pages: {
      board: '/board',
      promotion: `/promotions/${WAITING_ID}?environment=prod`,
      calendar: '/calendar?environment=prod',
    },
  },
  {
    name: 'deploy-plan',
    world: deployPlanWorld,
    pages: { promotion: `/promotions/${WAITING_ID}?environment=prod` },
    role: 'release-manager',
  },
  { name: 'no-release', world: noReleaseWorld, pages: { board: '/board', releases: '/releases' } },
  { name: 'huge-board', world: hugeBoardWorld, pages: { board: '/board' } },
  {
    name: 'huge',
    world: hugeWorld,
    pages: {
      runs: '/runs',
      pipelines: '/pipelines',
      run: `/runs/${runIdOf(5000)}`,
      graph: `/runs/${runIdOf(5000)}?view=graph`,
    },
  },
  {
    name: 'broken',
    world: brokenWorld,
    pages: {
      runs: '/runs',
      pipelines: '/pipelines',
      uncertain: `/runs/${runIdOf(12)}`,
      hostile: `/runs/${runIdOf(11)}`,
      errored: `/runs/${runIdOf(10)}`,
      missing: `/runs/${runIdOf(999)}`,
    },
  },
  { name: 'signed-out', world: emptyWorld, pages: { runs: '/runs', open: '/open#used' }, isSignedOut: true },
  { name: 'production', world: productionWorld, pages: { runs: '/runs' } },
];

/** Widths of a phone and of a desk, with heights one sees at once, in CSS pixels. */
const SIZES = [
  { width: 400, height: 860 },
  { width: 1600, height: 1000 },
] as const;

const LOOKS = (['light', 'dark'] as const).flatMap((colorScheme) => SIZES.map((size) => ({ colorScheme, ...size })));

/** One answer brings the next question: a form appears when its rights are known. */
const CALM_MS = 500;

const [folder, filter = ''] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder for the pictures: node take-pictures.ts <folder> [filter]');
await mkdir(folder, { recursive: true });
// The variable of the tests; a program that is no test may not ask their toolbox.
const browser = await launchBrowser(process.env.TOWPATH_TEST_CHROMIUM ?? 'chromium');
try {
  for (const situation of SITUATIONS) await takeSituation(situation, folder);
} finally {
  await browser.close();
}

async function takeSituation(
  { name, world, pages, isSignedOut = false, role = 'engineer' }: Situation,
  into: string,
): Promise<void> {
  const server = await startTestServer(world());
  server.behaviour.isSignedIn = !isSignedOut;
  server.behaviour.role = role;
  const pictures = Object.entries(pages).flatMap(([page, path]) =>
    LOOKS.map((look) => ({ look, path, file: `${name}-${page}-${look.colorScheme}-${look.width}.png` })),
  );
  for (const { look, path, file } of pictures.filter((picture) => picture.file.includes(filter))) {
    await takePicture(server.url + path, join(into, file), look);
  }
  await server.close();
}

async function takePicture(url: string, path: string, look: PageOptions): Promise<void> {
  const { page, context } = await openPage(browser, look);
  await page.goto(url, { waitUntil: 'load' });
  // Loading is over when nothing says that it is busy; open long polls keep the network from ever being idle.
  await page.waitForFunction(
    () => document.querySelector('h1, [role=alert]') && !document.querySelector('[aria-busy=true]'),
  );
  await page.evaluate(waitForCalm, CALM_MS);
  await page.screenshot({ path });
  await context.close();
}

/** In the page: resolves when it has not changed for so long. */
function waitForCalm(calmMs: number): Promise<void> {
  return new Promise((resolve) => {
    let timer = setTimeout(resolve, calmMs);
    new MutationObserver(() => {
      clearTimeout(timer);
      timer = setTimeout(resolve, calmMs);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
}
