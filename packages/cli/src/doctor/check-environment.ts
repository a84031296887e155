import type { Check } from './check.ts';

/** Is the right environment selected, and may its configuration be used? Judged by what agents and `config validate` use. */
export const checkEnvironment: Check = async ({ selection }) => {
  const { environment, findings } = selection;
  if (findings.length > 0) return findings;
  if (environment === undefined) return [{ subject: 'environment', status: 'ok', text: 'none is declared' }];
  const { name, kind } = environment.configuration.environment;
  return [{ subject: 'environment', status: 'ok', text: `${name} (${kind}), its configuration can be used` }];
};
