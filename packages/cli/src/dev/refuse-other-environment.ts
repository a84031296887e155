import type { Project } from '@towpath/config';
import { TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';

/**
 * `dev` serves `local` and nothing else. Whoever names another environment means that one, and must not find local rows there. The
 * declared default names nothing: it is of commands that ask a server.
 *
 * @throws TowpathError `DEV_IS_LOCAL`
 */
export function refuseOtherEnvironment({ env }: CommandContext, { declaration }: Project): void {
  const dbtTarget = declaration.environments.get(LOCAL_ENVIRONMENT)?.dbtTarget ?? LOCAL_ENVIRONMENT;
  const expected = { ENVIRONMENT: LOCAL_ENVIRONMENT, DBT_TARGET: dbtTarget };
  const others = Object.entries(expected).filter(([name, value]) => env[name] && env[name] !== value);
  if (others.length === 0) return;
  throw new TowpathError({
    code: 'DEV_IS_LOCAL',
    message: '`npx towpath dev` serves environment local only.',
    cause: `${others.map(([name]) => `${name} is ${env[name]}`).join(', ')}.`,
    fix: `Unset ${others.map(([name]) => name).join(' and ')}; another environment is served by an agent of its own: npx towpath agent, see docs/tutorials/second-environment.md`,
  });
}
