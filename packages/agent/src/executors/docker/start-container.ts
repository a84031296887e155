// From a specification to a container that runs: image, container, its files, start. Each step may be repeated after an answer
// that was lost.
import { failpoint, TowpathError } from '@towpath/core';
import { EngineError } from '@towpath/oci';
import { MOUNT } from '../container-paths.ts';
import type { AttemptSpecification } from '../executor.ts';
import { toAlias } from './alias.ts';
import { packAttempt } from './attempt-archive.ts';
import { toContainerSpec } from './container-spec.ts';
import { createContainer } from './containers.ts';
import type { DockerHost } from './docker-host.ts';
import type { BegunContainer } from './held-container.ts';
import { provideImage } from './provide-image.ts';

/**
 * Starts the container of an attempt; one that an earlier try has started is left as it is. `signal` ends the wait for the image.
 *
 * @throws TowpathError why it can't be started; EngineError when the engine is away
 */
export async function startContainer(
  host: DockerHost,
  specification: AttemptSpecification,
  signal: AbortSignal,
): Promise<BegunContainer> {
  const { engine, settings, findCredentials } = host;
  const { attemptId } = specification;
  const image = await provideImage(host.chooseImage(specification), { engine, findCredentials, signal });
  signal.throwIfAborted();
  host.checkImage(specification, image.labels);
  failpoint('docker.after-image');
  const owner = { attemptId, instanceId: settings.instanceId };
  const { id, isStarted } = await createContainer(engine, toContainerSpec(specification, image, settings), owner).catch(
    translate,
  );
  failpoint('docker.after-create');
  if (!isStarted) {
    const query = { path: MOUNT };
    const body = await packAttempt(specification, image.entry, host.readRunner);
    await engine.send({ method: 'PUT', path: `/containers/${id}/archive`, query, body }).catch(translate);
    failpoint('docker.after-files');
    await engine.send({ method: 'POST', path: `/containers/${id}/start` }).catch(translate);
    failpoint('docker.after-start');
  }
  await giveAlias(host, specification, id);
  return { id, image: { reference: image.reference, digest: image.digest ?? null } };
}

async function giveAlias(host: DockerHost, specification: AttemptSpecification, id: string): Promise<void> {
  const alias = toAlias(specification.environmentVariables);
  if (alias === undefined) return;
  await host.giveAlias(id, alias).catch((thrown: unknown) => host.log(`alias ${alias}: ${String(thrown)}`));
}

function translate(thrown: unknown): never {
  if (!(thrown instanceof EngineError) || thrown.status === undefined) throw thrown;
  throw new TowpathError({
    code: 'CONTAINER_START_FAILED',
    message: 'The Docker engine could not start the attempt.',
    cause: thrown.message,
    fix: "Check the image, the environment's `docker` settings and its sizing against what the engine can give.",
  });
}
