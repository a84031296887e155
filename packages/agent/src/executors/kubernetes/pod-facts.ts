// A Pod as far as attempts depend on it.
import { z } from 'zod';
import { LABELS } from '../attempt-labels.ts';
import { CONTAINER_PATHS } from '../container-paths.ts';
import type { ExecutedImage } from '../executor.ts';
import {
  ContainerStatus,
  type EndedContainer,
  findFailed,
  findWaiting,
  type Terminated,
  type WaitingContainer,
} from './container-facts.ts';
import { FINALIZER } from './job-spec.ts';
import { CONTAINER } from './pod-spec.ts';

/** Since 1.27; set by Kubernetes. */
const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
});

const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    creationTimestamp: z.string(),
    deletionTimestamp: z.string().optional(),
    finalizers: z.array(z.string()).default([]),
  }),
  spec: z
    .object({
      containers: z
        .array(
          z.object({
            name: z.string(),
            image: z.string().default(''),
            terminationMessagePath: z.string().optional(),
            resources: z.object({ limits: z.object({ memory: z.string().optional() }).prefault({}) }).prefault({}),
          }),
        )
        .default([]),
      initContainers: z.array(z.object({ name: z.string(), restartPolicy: z.string().optional() })).default([]),
    })
    .prefault({}),
  status: z
    .object({
      phase: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z.array(Condition).default([]),
      initContainerStatuses: z.array(ContainerStatus).default([]),
      containerStatuses: z.array(ContainerStatus).default([]),
    })
    .prefault({}),
});

export interface PodFacts {
  readonly name: string;
  readonly uid: string;
  /** As its label has it. */
  readonly attemptLabel: string;
  readonly attemptId: string;
  readonly jobName: string | undefined;
  readonly createdAt: string;
  /** Somebody deletes it, or has: its containers are ended. */
  readonly isDeleting: boolean;
  /** Nothing holds it any more: this is the last that was seen of it. */
  readonly isGone: boolean;
  /** Its end was not accepted yet. */
  readonly isHeld: boolean;
  /** What it was started from, as far as its node has said. */
  readonly image: ExecutedImage;
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly conditions: readonly z.infer<typeof Condition>[];
  /** What it does not run for: the first of its containers that could not begin. */
  readonly waiting: WaitingContainer | undefined;
  /** One before it ended with an error, so that it never runs. */
  readonly failedBefore: EndedContainer | undefined;
  readonly isRunning: boolean;
  readonly terminated: Terminated | undefined;
  /** As Kubernetes writes it, `96Mi`. */
  readonly memoryLimit: string | undefined;
  /** Its first program is ours; else the command itself, which leaves its result as the termination message. */
  readonly hasEntry: boolean;
}

/** Parses one, as lists and watches give it. */
export function parsePod(value: unknown): PodFacts {
  const { metadata, spec, status } = Pod.parse(value);
  const own = status.containerStatuses.find(({ name }) => name === CONTAINER);
  const state = own?.state;
  const declared = spec.containers.find(({ name }) => name === CONTAINER);
  return {
    name: metadata.name,
    uid: metadata.uid,
    attemptLabel: metadata.labels[LABELS.attempt] ?? '',
    attemptId: metadata.annotations[LABELS.attempt] ?? metadata.labels[LABELS.attempt] ?? '',
    jobName: metadata.labels[JOB_NAME_LABEL],
    createdAt: metadata.creationTimestamp,
    isDeleting: metadata.deletionTimestamp !== undefined,
    isGone: false,
    isHeld: metadata.finalizers.includes(FINALIZER),
    image: { reference: declared?.image ?? '', digest: readDigest(own?.imageID ?? '') },
    ...{ phase: status.phase, reason: status.reason, message: status.message, conditions: status.conditions },
    waiting: findWaiting(status.initContainerStatuses, own, listSidecars(spec.initContainers)),
    failedBefore: findFailed(status.initContainerStatuses),
    isRunning: state?.running !== undefined,
    terminated: state?.terminated,
    memoryLimit: declared?.resources.limits.memory,
    hasEntry: declared?.terminationMessagePath !== CONTAINER_PATHS.result,
  };
}

function listSidecars(
  containers: readonly { readonly name: string; readonly restartPolicy?: string | undefined }[],
): ReadonlySet<string> {
  return new Set(containers.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
}

/** Of the manifest; nodes name an image that was imported there by its own id alone. */
function readDigest(imageId: string): string | null {
  return /@(sha256:[0-9a-f]{64})$/.exec(imageId)?.[1] ?? null;
}

/** Its container runs, or has run. */
export function hasStarted({ isRunning, terminated }: PodFacts): boolean {
  return isRunning || terminated !== undefined;
}

/** Nothing of it runs, and nothing will. */
export function isOver({ isGone, terminated, phase }: PodFacts): boolean {
  return isGone || terminated !== undefined || phase === 'Failed' || phase === 'Succeeded';
}

/** Kubernetes has given its node up, and deletes it: nobody may be there to confirm that. */
export function isNodeLost({ isDeleting, conditions }: PodFacts): boolean {
  return (
    isDeleting &&
    conditions.some(({ type, reason }) => type === 'DisruptionTarget' && reason === 'DeletionByTaintManager')
  );
}

/** Of KILL, as a shell counts it. */
const KILLED_STATUS = 137;

/** Why a container has ended that was never started, or that nobody found again. */
const NEVER_RAN: readonly string[] = ['StartError', 'ContainerCannotRun', 'ContainerStatusUnknown'];

/** Its entry ended by itself, and so has written the last line of the output. */
export function hasSaidEnd({ terminated, hasEntry }: PodFacts): boolean {
  return (
    hasEntry &&
    terminated !== undefined &&
    terminated.exitCode !== KILLED_STATUS &&
    !NEVER_RAN.includes(terminated.reason)
  );
}
