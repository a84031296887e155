import type { EnvironmentKind } from '@towpath/core';

interface NamedEnvironment {
  readonly name: string;
  readonly kind: EnvironmentKind;
}

/** Title of a tab: `Runs · local · Towpath`; production comes first and shouts, because tabs are cut at their end. */
export function formatPageTitle(page: string, environment: NamedEnvironment | undefined): string {
  if (!environment) return `${page} · Towpath`;
  const parts = [page, environment.name, 'Towpath'];
  return (environment.kind === 'production' ? ['PRODUCTION', ...parts] : parts).join(' · ');
}
