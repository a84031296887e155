// Every page and what its URL may say. The environment stays in the URL from page to page. Pages that are not the first
// one looked at load when they are opened.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from '@tanstack/react-router';
import { parseAuditSearch } from '../features/audit/audit-search.ts';
import { parseBoardSearch } from '../features/board/board-search.ts';
import { parseCalendarSearch } from '../features/calendar/calendar-search.ts';
import { hasReleasedEnvironment } from '../features/environments/environment-queries.ts';
import { parseEnvironmentSearch } from '../features/environments/environment-search.ts';
import { parsePipelineSearch } from '../features/pipeline/pipeline-search.ts';
import { PipelinesPage } from '../features/pipelines/pipelines-page.tsx';
import { parsePipelinesSearch } from '../features/pipelines/pipelines-search.ts';
import { parseReleaseSearch } from '../features/releases/release-search.ts';
import { RunPage } from '../features/run/run-page.tsx';
import { parseRunSearch } from '../features/run/run-search.ts';
import { RunsPage } from '../features/runs/runs-page.tsx';
import { parseRunsSearch } from '../features/runs/runs-search.ts';
import { LoginPage, parseLoginSearch } from '../features/session/login-page.tsx';
import { OpenFailed, OpenPending } from '../features/session/open-page.tsx';
import { recallPage, rememberPage } from '../features/session/remembered-page.ts';
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
  beforeLoad: async () => {
    throw redirect({ to: (await hasReleasedEnvironment()) ? '/board' : '/runs' });
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

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/login',
  validateSearch: parseLoginSearch,
  component: LoginPage,
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
  validateSearch: parsePipelineSearch,
  component: lazyRouteComponent(() => import('../features/pipeline/pipeline-page.tsx'), 'PipelinePage'),
});

const schedulesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/schedules',
  component: lazyRouteComponent(() => import('../features/schedules/schedules-page.tsx'), 'SchedulesPage'),
});

const datakitsRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/datakits',
  component: lazyRouteComponent(() => import('../features/datakits/datakits-page.tsx'), 'DatakitsPage'),
});

const environmentRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/environment',
  validateSearch: parseEnvironmentSearch,
  component: lazyRouteComponent(() => import('../features/environments/environment-page.tsx'), 'EnvironmentPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/audit',
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('../features/audit/audit-page.tsx'), 'AuditPage'),
});

const boardRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/board',
  validateSearch: parseBoardSearch,
  component: lazyRouteComponent(() => import('../features/board/board-page.tsx'), 'BoardPage'),
});

const promotionRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/promotions/$promotionId',
  component: lazyRouteComponent(() => import('../features/promotion/promotion-page.tsx'), 'PromotionPage'),
});

const releasesRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/releases',
  component: lazyRouteComponent(() => import('../features/releases/releases-page.tsx'), 'ReleasesPage'),
});

const releaseRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/releases/$releaseId',
  validateSearch: parseReleaseSearch,
  component: lazyRouteComponent(() => import('../features/releases/release-page.tsx'), 'ReleasePage'),
});

const calendarRoute = createRoute({
  getParentRoute: () => frameRoute,
  path: '/calendar',
  validateSearch: parseCalendarSearch,
  component: lazyRouteComponent(() => import('../features/calendar/calendar-page.tsx'), 'CalendarPage'),
});

const routeTree = rootRoute.addChildren([
  indexRoute,
  openRoute,
  loginRoute,
  frameRoute.addChildren([
    boardRoute,
    promotionRoute,
    releasesRoute,
    releaseRoute,
    calendarRoute,
    runsRoute,
    runRoute,
    pipelinesRoute,
    pipelineRoute,
    schedulesRoute,
    datakitsRoute,
    environmentRoute,
    auditRoute,
  ]),
]);

export const router = createRouter({ routeTree, scrollRestoration: true });

router.subscribe('onResolved', ({ toLocation }) => rememberPage(toLocation.href));

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
