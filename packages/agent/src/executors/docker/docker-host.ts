// What the parts of the Docker executor share.

import type { DockerEngine, FindCredentials } from '@towpath/oci';
import type { AttemptFolder } from '../attempt-folder.ts';
import type { CheckImage } from '../check-image.ts';
import type { WantedImage } from '../choose-image.ts';
import type { AttemptSpecification } from '../executor.ts';
import type { ContainerSettings } from './container-spec.ts';
import type { OwnContainer } from './containers.ts';

export interface DockerHost {
  readonly engine: DockerEngine;
  readonly settings: ContainerSettings;
  /** Folder of the attempt folders. */
  readonly attempts: string;
  readonly graceMs: number;
  readonly findCredentials: FindCredentials;
  /** Which image runs it. @throws TowpathError when the environment has none for it */
  chooseImage(specification: AttemptSpecification): WantedImage;
  /** Whether it can run here, by what it says of itself. */
  readonly checkImage: CheckImage;
  /** The task runner as one module. */
  readRunner(): Promise<string>;
  locate(attemptId: string): AttemptFolder;
  /** Whether there is an attempt folder: its container is not over for us. */
  isOurs(attemptId: string): boolean;
  /** A container that nothing waits for: ended and deleted, or kept for its log when it has ended and has the datakit's name. */
  release(container: Pick<OwnContainer, 'id' | 'attemptId'>): Promise<void>;
  /** Gives a datakit's name to a container that has just begun. @throws EngineError */
  giveAlias(containerId: string, alias: string): Promise<void>;
  /** Settle one by one; what is being started when the executor closes is waited for. */
  readonly beginnings: Set<Promise<unknown>>;
  /** Nothing is removed any more: what is left is the next agent's. */
  readonly closing: AbortSignal;
  readonly log: (line: string) => void;
}
