import { TowpathError } from '@towpath/core';

/** For people whose command needs an engine. */
export function engineUnreachable(thrown: Error): TowpathError {
  return new TowpathError({
    code: 'ENGINE_UNREACHABLE',
    message: 'No Docker engine answers.',
    cause: thrown.message,
    fix: 'Start Docker, or set DOCKER_HOST. `npx towpath dev` and `npx towpath datakit publish` need none.',
  });
}
