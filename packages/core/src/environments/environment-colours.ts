import type { EnvironmentKind } from './environment.ts';

/** The colour of a kind, everywhere the same; production has the one that nothing else has. */
export const ENVIRONMENT_COLOURS = {
  local: 'grey',
  shared: 'blue',
  production: 'red',
} as const satisfies Readonly<Record<EnvironmentKind, string>>;
