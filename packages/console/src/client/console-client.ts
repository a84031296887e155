// The one door to the server. The session's CSRF word goes with every request.
import { ApiError, CSRF_HEADER, createClient, type SessionView } from '@towpath/api';
import { queryClient } from './query-client.ts';

/** Where the session is kept among the queries; its CSRF word is read from there. */
export const SESSION_KEY = ['session'] as const;

export const consoleClient = createClient({
  baseUrl: '',
  headers: (): Record<string, string> => {
    const csrf = queryClient.getQueryData<SessionView>(SESSION_KEY)?.csrf;
    return csrf ? { [CSRF_HEADER]: csrf } : {};
  },
});

/** True when the server no longer (or not yet) knows who is asking. */
export function isNotSignedIn(thrown: unknown): boolean {
  return thrown instanceof ApiError && thrown.status === 401;
}
