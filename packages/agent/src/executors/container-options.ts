import type { AttemptLimits } from '../attempts/attempt-limits.ts';
import type { CheckImage } from './check-image.ts';
import type { WantedImage } from './choose-image.ts';
import type { AttemptSpecification } from './executor.ts';

/** What an executor with containers is opened with; `Setup` is its own part of the environment. */
export interface ContainerOptions<Setup> {
  readonly setup: Setup;
  readonly stateFolder: string;
  /** Of the state folder. */
  readonly instanceId: string;
  readonly limits?: AttemptLimits | undefined;
  readonly taskRunnerEntry?: string | undefined;
  readonly chooseImage: (specification: AttemptSpecification) => WantedImage;
  readonly checkImage: CheckImage;
  readonly log: (line: string) => void;
}
