// What the parts of the Kubernetes executor share.
import type { AttemptFolder } from '../attempt-folder.ts';
import type { BundleSource } from '../bundle-source.ts';
import type { AttemptSpecification } from '../executor.ts';
import type { JobSettings, PodImage } from './job-settings.ts';
import type { JobPlace } from './jobs.ts';
import type { Patience } from './judge-waiting.ts';
import type { PodWatch } from './pod-watch.ts';
import type { StrayPods } from './stray-pods.ts';

/** Longest waits for a Pod to run, by why it does not. */
export type PatienceMs = Readonly<Record<Exclude<Patience, 'none'>, number>>;

export interface KubernetesHost {
  readonly place: JobPlace;
  readonly settings: JobSettings;
  readonly pods: PodWatch;
  readonly strays: StrayPods;
  /** Folder of the attempt folders. */
  readonly attempts: string;
  readonly graceSeconds: number;
  readonly patienceMs: PatienceMs;
  /** Which image runs it. @throws TowpathError when the environment has none for it */
  chooseImage(specification: AttemptSpecification): PodImage;
  readonly bundleSource: BundleSource;
  /** The task runner as one module. */
  readRunner(): Promise<string>;
  locate(attemptId: string): AttemptFolder;
  /** Nobody watches anything any more. */
  readonly closing: AbortSignal;
  readonly log: (line: string) => void;
  /** Settle one by one; what is being started when the executor closes is waited for. */
  readonly beginnings: Set<Promise<unknown>>;
}
