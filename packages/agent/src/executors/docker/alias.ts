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
  /** Whether a container was only kept for its log, so that it may go. */
  isKept(attemptId: string): boolean;
  /** Deletes it. */
  drop(container: Pick<OwnContainer, 'id' | 'attemptId'>): Promise<void>;
}

/**
 * Gives the name to this container; whoever had it is called by its own again, or goes. Another agent's container keeps the name while
 * it runs; what is no attempt's keeps it always.
 */
export async function takeAlias(options: AliasOptions, containerId: string, alias: string): Promise<void> {
  const { engine } = options;
  if (await rename(engine, containerId, alias)) return;
  const holder = await findContainer(engine, alias);
  const attemptId = holder?.labels[LABELS.attempt];
  if (holder === undefined || attemptId === undefined) return;
  const isOurs = holder.labels[LABELS.instance] === options.instanceId;
  if (!isOurs && holder.status === 'running') return;
  if (isOurs && options.isKept(attemptId)) await options.drop({ id: holder.id, attemptId });
  else await rename(engine, holder.id, toContainerName(attemptId));
  await rename(engine, containerId, alias);
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
