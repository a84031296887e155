// Containers after their end: the newest of each datakit stays a while under the datakit's name, so that `docker logs` answers.
// Everything else goes at once, and with the agent's start whatever an earlier one left behind.

import type { DockerEngine } from '@towpath/oci';
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
  /** Deletes what no attempt folder stands for: orphans, and what was kept long enough. @throws EngineError */
  sweep(): Promise<void>;
  close(): void;
}

/** Creates the keeper of one agent. */
export function createKeptContainers(options: KeptOptions): KeptContainers {
  const { engine, instanceId, keepMs, isOurs, log } = options;
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
    const leftMs = await findLeft(options, container);
    if (leftMs > 0) sweepLater(leftMs);
    else await deleteContainer(engine, container);
  };
  const sweep = async (): Promise<void> => {
    const own = await listOwnContainers(engine, instanceId);
    for (const container of own.filter(({ attemptId }) => !isOurs(attemptId))) await release(container);
  };
  return { release, sweep, close: () => clearTimeout(timer) };
}

/** Milliseconds that it stays; 0 for what runs, was never started, or goes by its own name. */
async function findLeft({ engine, keepMs }: KeptOptions, { id, attemptId }: AttemptContainer): Promise<number> {
  const state = await findContainer(engine, id);
  if (state?.status !== 'exited' || state.name === toContainerName(attemptId)) return 0;
  return Math.max(0, state.finishedAt.getTime() + keepMs - Date.now());
}
