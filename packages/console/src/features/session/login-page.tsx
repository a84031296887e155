// Where a sign-in ends that failed. The address says a code; the words are ours.
import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { recallPage } from './remembered-page.ts';
import classes from './session.module.css';
import { WayIn } from './sign-in-link.tsx';

interface LoginSearch {
  readonly problem?: string | undefined;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  LOGIN_REFUSED:
    'The identity provider said no, or what it said does not hold. The reason is in the log of the server.',
  LOGIN_UNKNOWN: 'This sign-in is over: it was used, it is older than ten minutes, or another browser began it.',
  LOGIN_NAMELESS: 'The identity provider did not say who you are. Ask an administrator of the server.',
  LOGIN_NAME_TAKEN: 'Your name belongs to somebody else here. Ask an administrator of the server.',
  LOGIN_ACCOUNT_NAMED: 'Your account came by another name before. Ask an administrator of the server to free it.',
  IDENTITY_PROVIDER_UNAVAILABLE: 'The identity provider does not answer. Try again in a while.',
};

/** Parses the search part of `/login`. */
export function parseLoginSearch(search: Record<string, unknown>): LoginSearch {
  return typeof search.problem === 'string' ? { problem: search.problem } : {};
}

/** Sign in, and why it failed before. */
export function LoginPage(): ReactNode {
  const { problem } = useSearch({ from: '/login' });
  const known = problem !== undefined && Object.hasOwn(PROBLEMS, problem) ? PROBLEMS[problem] : undefined;
  return (
    <main className={classes.door}>
      <h1>{problem === undefined ? 'Sign in' : 'You were not signed in'}</h1>
      {problem === undefined ? null : <p role="alert">{known ?? 'The sign-in failed.'}</p>}
      <WayIn returnTo={recallPage()} />
    </main>
  );
}
