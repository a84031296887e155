import { Outlet } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { connectLive } from '../client/connection-store.ts';
import { isNotSignedIn } from '../client/console-client.ts';
import { useEnvironment } from '../features/environments/environment-queries.ts';
import { NotSignedIn } from '../features/session/open-page.tsx';
import { useSession } from '../features/session/session-queries.ts';
import { ErrorPanel } from '../layout/error-panel.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import classes from './frame.module.css';
import { FrameFooter } from './frame-footer.tsx';
import { FrameHeader } from './frame-header.tsx';
import { HelpOverlay } from './help-overlay.tsx';
import { refreshAnswers, refreshSession } from './refresh-answers.ts';
import { useFavicon } from './use-favicon.ts';
import { useKeyboard } from './use-keyboard.ts';

const SearchPalette = lazy(async () => ({
  default: (await import('../features/search/search-palette.tsx')).SearchPalette,
}));

/** What stands around every page: where one is, whether it is alive, where one can go. */
export function Frame(): ReactNode {
  const session = useSession();
  if (isNotSignedIn(session.error)) return <NotSignedIn />;
  if (session.error && !session.data) {
    return (
      <main className={classes.alone}>
        <h1>The console can't reach its server</h1>
        <ErrorPanel error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  // The pages ask at once, beside the session. Only lists wait, for which environment they are of.
  return <SignedInFrame />;
}

function SignedInFrame(): ReactNode {
  const { help, search } = useKeyboard();
  const kind = useEnvironment().environment?.kind;
  useFavicon(kind ?? 'local');
  useEffect(() => connectLive(refreshAnswers, refreshSession), []);
  return (
    <div className={classes.frame} data-kind={kind}>
      <a className={classes.skip} href="#main">
        Skip to the page
      </a>
      <FrameHeader onHelp={help.open} onSearch={search.open} />
      <ConnectionBanner />
      <main id="main" className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <FrameFooter />
      <HelpOverlay isOpen={help.isOpen} onClose={help.close} />
      {search.isOpen ? (
        <Suspense fallback={null}>
          <SearchPalette isOpen onClose={search.close} />
        </Suspense>
      ) : null}
    </div>
  );
}
