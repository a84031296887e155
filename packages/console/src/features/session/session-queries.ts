// Who is signed in, and how one gets in: a one-time link is exchanged for a cookie.

import { queryOptions, useQuery } from '@tanstack/react-query';
import { GetSession, OpenConsole, type SessionView } from '@towpath/api';
import { judgeAccess, type Permission, roleHas, rolesAt } from '@towpath/core';
import { consoleClient, SESSION_KEY } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { useEnvironmentName } from '../environments/environment-queries.ts';

/** The session of this browser; 401 when there is none. */
const sessionOptions = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: ({ signal }): Promise<SessionView> => consoleClient.call(GetSession, { signal }),
});

/** Who is signed in and what they may do. */
export function useSession() {
  return useQuery(sessionOptions);
}

/** What the signed-in person may do in the environment the page is about; nothing while that is unknown. */
export function usePermissions(): {
  readonly canStart: boolean;
  readonly canCancel: boolean;
  readonly canResolve: boolean;
  readonly canSetPools: boolean;
  readonly canPause: boolean;
} {
  const session = useQuery(sessionOptions).data;
  const environment = useEnvironmentName();
  const may = (permission: Permission): boolean => session !== undefined && isAllowed(session, permission, environment);
  return {
    canStart: may('runs:start'),
    canCancel: may('runs:cancel'),
    canResolve: may('attempts:resolve'),
    canSetPools: may('pools:write'),
    canPause: may('schedules:write'),
  };
}

/** What the signed-in person is in one environment, whatever the page is about; nothing while that is unknown. */
export function useAccessIn(environment: string): {
  readonly canPromote: boolean;
  readonly canSignOff: boolean;
  readonly roles: readonly string[];
} {
  const session = useQuery(sessionOptions).data;
  if (session === undefined) return { canPromote: false, canSignOff: false, roles: [] };
  const { role, grants } = session;
  return {
    canPromote: isAllowed(session, 'promotions:write', environment),
    canSignOff: isAllowed(session, 'sign-offs:write', environment),
    roles: grants === undefined ? (role === null ? [] : [role]) : rolesAt(grants, { environment }),
  };
}

// The server decides; this only leaves buttons out that it would refuse. An older one tells the role alone.
function isAllowed({ name, role, grants }: SessionView, permission: Permission, environment?: string): boolean {
  if (grants === undefined) return role !== null && roleHas(role, permission);
  return judgeAccess({ name, grants }, permission, environment === undefined ? 'some' : { environment }).isAllowed;
}

/**
 * Exchanges a one-time link for a session. A link that was used already is no error for who has a session: they went
 * back or loaded the page again.
 *
 * @throws TowpathError what the server says about the link
 */
export async function openConsole(link: string): Promise<void> {
  try {
    queryClient.setQueryData(SESSION_KEY, await consoleClient.call(OpenConsole, { body: { link } }));
  } catch (thrown) {
    const session = await queryClient.fetchQuery(sessionOptions).catch(() => undefined);
    if (!session) throw thrown;
  }
}
