import type { CheckedEnvironment, CheckSubject } from './check.ts';

const NOT_ITS_OWN = ['RESOURCE_OWNED_BY_OTHER', 'RESOURCE_UNOWNED'];

/** True when a value names what is not the environment's own: then nothing that it names is asked, since it may be anybody's. */
export function namesForeignPlaces({ configuration }: CheckedEnvironment): boolean {
  return configuration.problems.some(({ code }) => NOT_ITS_OWN.includes(code));
}

/** The selected environment, if what it names may be asked. */
export function findReachable({ selection: { environment } }: CheckSubject): CheckedEnvironment | undefined {
  return environment === undefined || namesForeignPlaces(environment) ? undefined : environment;
}
