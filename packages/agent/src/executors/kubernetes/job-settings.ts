// What Jobs are made of besides the attempt itself.
import type { BundleAccess } from './bundle-access.ts';
import type { SecretItem } from './secret-data.ts';
import type { SidecarOptions } from './sidecar-spec.ts';

/** What is the same for all Jobs of an executor. */
export interface JobSettings extends SidecarOptions {
  readonly namespace: string;
  /** Of the agent's state folder. */
  readonly instanceId: string;
  /** The namespace's `default` when not given. No Pod gets its token. */
  readonly serviceAccount?: string | undefined;
  /** Names of Secrets with credentials of registries. */
  readonly imagePullSecrets?: readonly string[] | undefined;
  /** Virtual CPUs of one Pod: requested, and its limit. */
  readonly cpu?: number | undefined;
  readonly memoryMiB?: number | undefined;
  /** How long a Job stays in the cluster after its end. */
  readonly keepEndedSeconds: number;
}

/** What an attempt is run from. */
export interface PodImage {
  /** As the cluster's nodes pull it; by digest where that is known. */
  readonly reference: string;
  /** What a node has of that name will do; else its registry is asked what the name stands for now. */
  readonly mayBeLocal?: boolean | undefined;
}

export interface JobParts {
  readonly name: string;
  readonly image: PodImage;
  readonly settings: JobSettings;
  /** Files of the attempt's Secret. */
  readonly items: readonly SecretItem[];
  /** Of a bundle that its Pod fetches itself. */
  readonly bundle: BundleAccess | undefined;
  /** How long a server that does not answer is asked for it. */
  readonly bundlePatienceMs: number;
  /** From TERM to KILL, for whoever deletes the Pod. */
  readonly graceSeconds: number;
  /** After which Kubernetes ends it when no agent does. */
  readonly deadlineSeconds: number;
}
