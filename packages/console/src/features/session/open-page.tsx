import { Skeleton } from '@mantine/core';
import { toErrorFacts } from '@towpath/core';
import type { ReactNode } from 'react';
import { ErrorFactsPanel } from '../../layout/error-panel.tsx';
import classes from './session.module.css';
import { NewLinkCommand, WayIn } from './sign-in-link.tsx';

/** While the link is exchanged. */
export function OpenPending(): ReactNode {
  return (
    <main className={classes.door} aria-busy="true">
      <h1>Opening the console</h1>
      <Skeleton height={12} width={260} />
    </main>
  );
}

/** A link that opened nothing: used, expired, cut off, or the server is away. */
export function OpenFailed({ error }: { readonly error: unknown }): ReactNode {
  return (
    <main className={classes.door}>
      <h1>This link does not open the console</h1>
      {toErrorFacts(error).code === 'LINK_INVALID' ? (
        <p>A link works once and for ten minutes. Print a new one:</p>
      ) : (
        <>
          <ErrorFactsPanel error={error} />
          <p>When that is solved, print a new link:</p>
        </>
      )}
      <NewLinkCommand />
    </main>
  );
}

/** Nobody is signed in here. */
export function NotSignedIn(): ReactNode {
  const { pathname, search } = globalThis.location;
  return (
    <main className={classes.door}>
      <h1>You are not signed in</h1>
      <WayIn returnTo={`${pathname}${search}`} />
    </main>
  );
}
