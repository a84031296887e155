import type { Check, CheckedEnvironment, Finding } from './check.ts';
import { namesForeignPlaces } from './reachable-environment.ts';

/** Is the right environment selected, and may its configuration be used? Judged by what agents and `config validate` use. */
export const checkEnvironment: Check = async ({ selection }) => {
  const { environment, findings } = selection;
  if (environment && namesForeignPlaces(environment)) return [...findings, unasked(environment)];
  if (findings.length > 0) return findings;
  if (environment === undefined) return [{ subject: 'environment', status: 'ok', text: 'none is declared' }];
  const { name, kind } = environment.configuration.environment;
  return [{ subject: 'environment', status: 'ok', text: `${name} (${kind}), its configuration can be used` }];
};

function unasked({ configuration }: CheckedEnvironment): Finding {
  return {
    subject: 'environment',
    status: 'note',
    text: `Nothing that ${configuration.environment.name} names was asked, since some of it is not its own.`,
    fix: 'Correct its configuration, then ask again.',
    code: 'ENVIRONMENT_UNASKED',
  };
}
