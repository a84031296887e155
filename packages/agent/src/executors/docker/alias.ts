// The newest container of a datakit answers to a name that stays (`docker logs datakit-sqlserver-bronze`), also for a while after
// its end. Best effort: nothing but people's convenience hangs on it.

import { type DockerEngine, hasStatus } from '@towpath/oci';
import { LABELS } from '../attempt-labels.ts';
import { toContainerName } from './container-spec.ts';
import { findContainer, type OwnContainer } from './containers.ts';

/** The name of a datakit's newest container; undefined for a function. */
export function toAlias(variables: Readonly<Record<string, string>>): string | undefined {
  const { DATAKIT_NAME: name } = variables;
  return name === undefined ? undefined : `datakit-${name}`;
}

export interface AliasOptions {
  readonly engine: DockerEngine;
  readonly instanceId: string;
}

/**
 * Gives the name to this container; whoever had it is called by its own again, and returned when it is this agent's. Another agent's
 * container keeps the name while it runs; what is no attempt's keeps it always.
 *
 * @throws EngineError
 */
export async function takeAlias(
  { engine, instanceId }: AliasOptions,
  containerId: string,
  alias: string,
): Promise<Pick<OwnContainer, 'id' | 'attemptId'> | undefined> {
  if (await rename(engine, containerId, alias)) return undefined;
  const holder = await findContainer(engine, alias);
  const attemptId = holder?.labels[LABELS.attempt];
  if (holder === undefined || attemptId === undefined) return undefined;
  const isOurs = holder.labels[LABELS.instance] === instanceId;
  if (!isOurs && holder.status === 'running') return undefined;
  await rename(engine, holder.id, toContainerName(attemptId));
  await rename(engine, containerId, alias);
  return isOurs ? { id: holder.id, attemptId } : undefined;
}

async function rename(engine: DockerEngine, containerId: string, name: string): Promise<boolean> {
  try {
    await engine.send({ method: 'POST', path: `/containers/${containerId}/rename`, query: { name } });
    return true;
  } catch (thrown) {
    if (hasStatus(thrown, 409)) return false;
    throw thrown;
  }
}
