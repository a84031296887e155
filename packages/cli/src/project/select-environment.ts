import type { Project } from '@towpath/config';
import { TowpathError } from '@towpath/core';

/** The environment, and what decided. */
export interface SelectedEnvironment {
  readonly name: string;
  readonly decidedBy: '--environment' | 'ENVIRONMENT' | 'defaultEnvironment';
}

/**
 * Selects an environment of a project that declares some: option > ENVIRONMENT > the declared default. Nothing is guessed.
 *
 * @throws TowpathError `ENVIRONMENT_UNSET`
 */
export function selectEnvironment(
  { declaration }: Project,
  given: { readonly option: string | undefined; readonly variable: string | undefined },
): SelectedEnvironment {
  if (given.option) return { name: given.option, decidedBy: '--environment' };
  if (given.variable) return { name: given.variable, decidedBy: 'ENVIRONMENT' };
  const { defaultEnvironment, environments } = declaration;
  if (defaultEnvironment) return { name: defaultEnvironment, decidedBy: 'defaultEnvironment' };
  throw new TowpathError({
    code: 'ENVIRONMENT_UNSET',
    message: 'Which environment?',
    cause: 'Neither --environment nor ENVIRONMENT is given, and towpath.yaml declares no defaultEnvironment.',
    fix: `Set ENVIRONMENT to one of ${[...environments.keys()].join(', ')}.`,
  });
}
