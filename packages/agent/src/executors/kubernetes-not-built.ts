import { TowpathError } from '@towpath/core';

/** This version has none. */
export function kubernetesNotBuilt(): TowpathError {
  return new TowpathError({
    code: 'EXECUTOR_NOT_BUILT',
    message: 'This version has no executor kubernetes.',
    cause: 'The environment declares it, or the agent runs inside a cluster.',
    fix: 'Use `docker` or `process` for now: --executor, TOWPATH_EXECUTOR, or `executor` of the environment.',
  });
}
