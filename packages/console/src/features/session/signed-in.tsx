import { ActionIcon, Menu } from '@mantine/core';
import { IconLogout, IconUser } from '@tabler/icons-react';
import { type SessionView, SignOut } from '@towpath/api';
import type { ReactNode } from 'react';
import { consoleClient, SESSION_KEY } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import classes from './session.module.css';
import { useSession } from './session-queries.ts';

/** Who is signed in, which role holds where, and the way out. */
export function SignedIn(): ReactNode {
  const session = useSession().data;
  if (!session) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Signed in as ${session.name}`} title={session.name}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <bdi>{session.name}</bdi>
        </Menu.Label>
        <Menu.Label>
          <Roles session={session} />
        </Menu.Label>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Roles({ session: { role, grants = [] } }: { readonly session: SessionView }): ReactNode {
  if (grants.length === 0) return role ?? 'no role: no binding names you';
  const lines = grants.map((grant) => `${grant.role} in ${grant.environments?.join(', ') ?? 'all environments'}`);
  return (
    <ul className={classes.roles}>
      {[...new Set(lines)].map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

// What was seen is forgotten with the session: the next one at this browser may see less.
async function signOut(): Promise<void> {
  await consoleClient.call(SignOut);
  queryClient.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION_KEY[0] });
  await queryClient.resetQueries({ queryKey: SESSION_KEY });
}
