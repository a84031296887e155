import { Button, Skeleton } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { GetLoginOptions, StartLogin } from '@towpath/api';
import type { ReactNode } from 'react';
import { consoleClient } from '../../client/console-client.ts';
import { formatCommand } from '../../format/format-command.ts';
import { CommandLine } from '../../layout/command-line.tsx';

const loginOptions = queryOptions({
  queryKey: ['login-options'],
  queryFn: ({ signal }) => consoleClient.call(GetLoginOptions, { signal }),
});

interface WayInProps {
  /** The page to come back to. */
  readonly returnTo: string;
}

/** How one gets in: by the identity provider where there is one, and by a link in any case. */
export function WayIn({ returnTo }: WayInProps): ReactNode {
  const options = useQuery(loginOptions);
  if (options.isPending) return <Skeleton height={36} width={220} />;
  const provider = options.data?.provider ?? null;
  if (provider === null)
    return (
      <>
        <p>The console opens by a one-time link. Print one in a terminal of the project:</p>
        <NewLinkCommand />
      </>
    );
  return (
    <>
      <div>
        <Button component="a" href={`${StartLogin.path}?${new URLSearchParams({ returnTo }).toString()}`}>
          Sign in at {provider}
        </Button>
      </div>
      <p>Or by a one-time link, from a terminal:</p>
      <NewLinkCommand />
    </>
  );
}

/** The command that prints a link. */
export function NewLinkCommand(): ReactNode {
  return (
    <div>
      <CommandLine command={formatCommand('console')} />
    </div>
  );
}
