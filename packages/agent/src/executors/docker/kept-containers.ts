// Containers after their end: the newest of each datakit stays a while under the datakit's name, so that `docker logs` answers.
// Everything else goes at once, and with the agent's start whatever an earlier one left behind.
import { createTurns } from '@towpath/core';
import type { DockerEngine } from '@towpath/oci';
import { takeAlias } from './alias.ts';
import { toContainerName } from './container-spec.ts';
import { deleteContainer, findContainer, listOwnContainers, type OwnContainer } from './containers.ts';

export interface KeptOptions {
  readonly engine: DockerEngine;
  readonly instanceId: string;
  /** After the end of the container. */
  readonly keepMs: number;
  isOurs(attemptId: string): boolean;
  readonly log: (line: string) => void;
}

type AttemptContainer = Pick<OwnContainer, 'id' | 'attemptId'>;

export interface KeptContainers {
  /** Deletes a container, or keeps it for now. @throws EngineError */
  release(container: AttemptContainer): Promise<void>;
  /** Gives the datakit's name to a container that has just begun; what was kept under it goes. @throws EngineError */
  giveAlias(containerId: string, alias: string): Promise<void>;
  /** Deletes what no attempt folder stands for: orphans, and what was kept long enough. @throws EngineError */
  sweep(): Promise<void>;
  close(): void;
}

/** Creates the keeper of one agent. */
export function createKeptContainers(options: KeptOptions): KeptContainers {
  const { engine, instanceId, keepMs, isOurs, log } = options;
  // Whether a container stays hangs on its name: none loses it between the look and the end of its attempt's folder.
  const inTurn = createTurns(1);
  const kept = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const sweepLater = (delayMs: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      sweep().catch((thrown: unknown) => {
        log(`ended containers: ${String(thrown)}`);
        sweepLater(keepMs);
      });
    }, delayMs).unref();
  };
  const release = async (container: AttemptContainer): Promise<void> => {
    const leftMs = await inTurn(async () => {
      const found = await findLeft(options, container);
      if (found > 0) kept.add(container.attemptId);
      return found;
    });
    if (leftMs > 0) return sweepLater(leftMs);
    kept.delete(container.attemptId);
    await deleteContainer(engine, container);
  };
  const giveAlias = async (containerId: string, alias: string): Promise<void> => {
    const earlier = await inTurn(() => takeAlias({ engine, instanceId }, containerId, alias));
    if (earlier && (kept.has(earlier.attemptId) || !isOurs(earlier.attemptId))) await release(earlier);
  };
  const sweep = async (): Promise<void> => {
    const own = await listOwnContainers(engine, instanceId);
    for (const container of own.filter(({ attemptId }) => !isOurs(attemptId))) await release(container);
  };
  return { release, giveAlias, sweep, close: () => clearTimeout(timer) };
}

/** Milliseconds that it stays; 0 for what runs, was never started, or goes by its own name. */
async function findLeft({ engine, keepMs }: KeptOptions, { id, attemptId }: AttemptContainer): Promise<number> {
  const state = await findContainer(engine, id);
  if (state?.status !== 'exited' || state.name === toContainerName(attemptId)) return 0;
  return Math.max(0, state.finishedAt.getTime() + keepMs - Date.now());
}
