import { queryOptions, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type EnvironmentView, ListEnvironments } from '@towpath/api';
import type { EnvironmentKind } from '@towpath/core';
import { consoleClient } from '../../client/console-client.ts';
import { queryClient } from '../../client/query-client.ts';
import { ENVIRONMENTS_KEY } from '../../client/query-keys.ts';
import type { CommandScope } from '../../format/format-command.ts';

const environmentsOptions = queryOptions({
  queryKey: [ENVIRONMENTS_KEY],
  queryFn: async ({ signal }): Promise<readonly EnvironmentView[]> =>
    (await consoleClient.call(ListEnvironments, { signal })).environments,
});

/** Tells whether there is an environment that releases come to; false when nobody can say. */
export async function hasReleasedEnvironment(): Promise<boolean> {
  const all = await queryClient.ensureQueryData(environmentsOptions).catch(() => []);
  return all.some(({ kind }) => kind !== 'local');
}

export interface CurrentEnvironment {
  /** Undefined while it loads, or when there is none of that name. */
  readonly environment: EnvironmentView | undefined;
  readonly all: readonly EnvironmentView[];
}

/** Every environment, in order. */
export function useEnvironments() {
  return useQuery(environmentsOptions);
}

/** The environment the page is about: the URL's `environment`, else the first in order. */
export function useEnvironment(): CurrentEnvironment {
  const { environment: named } = useSearch({ strict: false });
  const all = useEnvironments().data ?? [];
  return { environment: named ? all.find(({ name }) => name === named) : all[0], all };
}

/** Name of the environment the page is about, as far as it is known. */
export function useEnvironmentName(): string | undefined {
  const { environment: named } = useSearch({ strict: false });
  return useEnvironment().environment?.name ?? named;
}

/**
 * True once it is known which environment the page is about, or that nobody can say. Before that a list is not asked for: it
 * would show what is of other environments.
 */
export function useIsEnvironmentSettled(): boolean {
  const { environment: named } = useSearch({ strict: false });
  const { isPending } = useEnvironments();
  return named !== undefined || !isPending;
}

/** Kind of a named environment; undefined while it is unknown. */
export function useEnvironmentKind(name: string): EnvironmentKind | undefined {
  return useEnvironment().all.find((environment) => environment.name === name)?.kind;
}

/** True when the environment is known and none of its agents is live: nothing can start, what runs is uncertain. */
export function useIsSilent(): boolean {
  const { environment } = useEnvironment();
  return environment !== undefined && !environment.agents.some(({ isLive }) => isLive);
}

/** What a command has to say about the environment. */
export function useCommandScope(environment: string): CommandScope {
  return { environment, isOnlyEnvironment: useEnvironment().all.length < 2 };
}
