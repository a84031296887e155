// Every page and what its URL may say. The environment stays in the URL from page to page.
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { PipelinesPage } from '../features/pipelines/pipelines-page.tsx';
import { parsePipelinesSearch } from '../features/pipelines/pipelines-search.ts';
import { RunPage } from '../features/run/run-page.tsx';
import { parseRunSearch } from '../features/run/run-search.ts';
import { RunsPage } from '../features/runs/runs-page.tsx';
import { parseRunsSearch } from '../features/runs/runs-search.ts';
import { OpenFailed, OpenPending } from '../features/session/open-page.tsx';
import { FIRST_PAGE, recallPage, rememberPage } from '../features/session/remembered-page.ts';
import { openConsole } from '../features/session/session-queries.ts';
import { Frame } from './frame.tsx';
import { CrashPage, NotFoundPage } from './other-pages.tsx';

interface RootSearch {
  readonly environment?: string | undefined;
}

const rootRoute = createRootRoute({
  validateSearch: (search: Record<string, unknown>): RootSearch =>
    typeof search.environment === 'string' ? { environment: search.environment } : {},
  search: { middlewares: [retainSearchParams(['environment'])] },
  component: Outlet,
  notFoundComponent: NotFoundPage,
  errorComponent: CrashPage,
});

const indexRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: FIRST_PAGE });
  },
});

const openRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/open',
  // In the loader, not in a component: a link works once, and a component may be drawn twice.
  loader: async ({ location }) => {
    await openConsole(location.hash);
    throw redirect({ href: recallPage(), replace: true });
  },
  preload: false,
  pendingMs: 0,
  pendingComponent: OpenPending,
  errorComponent: OpenFailed,
});

const frameRoute = createRoute({ getParentRoute: () => rootRoute, id: 'framed', component: Frame });

const runsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/runs',
  validateSearch: parseRunsSearch,
  component: RunsPage,
});

const runRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/runs/$runId',
  validateSearch: parseRunSearch,
  component: RunPage,
});

const pipelinesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/pipelines',
  validateSearch: parsePipelinesSearch,
  component: PipelinesPage,
});

const pipelineRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/pipelines/$name',
  // A pipeline has no page of its own: its card is on the list.
  beforeLoad: ({ params }) => {
    throw redirect({ to: '/pipelines', search: { q: params.name }, replace: true });
  },
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  openRoute,
  frameRoute.addChildren([runsRoute, runRoute, pipelinesRoute, pipelineRoute]),
]);

export const router = createRouter({ routeTree, scrollRestoration: true });

router.subscribe('onResolved', ({ toLocation }) => rememberPage(toLocation.href));

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
