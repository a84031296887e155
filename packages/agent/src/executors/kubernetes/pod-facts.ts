// A Pod as far as attempts depend on it.
import { z } from 'zod';
import { LABELS } from '../attempt-labels.ts';
import type { ExecutedImage } from '../executor.ts';
import { CONTAINER, FINALIZER } from './job-spec.ts';

/** Since 1.27; set by Kubernetes. */
const JOB_NAME_LABEL = 'batch.kubernetes.io/job-name';

const Waiting = z.object({ reason: z.string().default(''), message: z.string().default('') });
const Terminated = z.object({
  exitCode: z.number(),
  reason: z.string().default(''),
  message: z.string().optional(),
});
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
    .object({ containers: z.array(z.object({ name: z.string(), image: z.string().default('') })).default([]) })
    .prefault({}),
  status: z
    .object({
      phase: z.string().default(''),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z.array(Condition).default([]),
      containerStatuses: z
        .array(
          z.object({
            name: z.string(),
            imageID: z.string().default(''),
            state: z
              .object({
                waiting: Waiting.optional(),
                running: z.unknown().optional(),
                terminated: Terminated.optional(),
              })
              .default({}),
          }),
        )
        .default([]),
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
  readonly waiting: z.infer<typeof Waiting> | undefined;
  readonly isRunning: boolean;
  readonly terminated: z.infer<typeof Terminated> | undefined;
}

/** Parses one, as lists and watches give it. */
export function parsePod(value: unknown): PodFacts {
  const { metadata, spec, status } = Pod.parse(value);
  const own = status.containerStatuses.find(({ name }) => name === CONTAINER);
  const state = own?.state;
  const reference = spec.containers.find(({ name }) => name === CONTAINER)?.image ?? '';
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
    image: { reference, digest: readDigest(own?.imageID ?? '') },
    ...{ phase: status.phase, reason: status.reason, message: status.message, conditions: status.conditions },
    waiting: state?.waiting,
    isRunning: state?.running !== undefined,
    terminated: state?.terminated,
  };
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

/** Of KILL, as a shell counts it. */
const KILLED_STATUS = 137;

/** Why a container has ended that was never started, or that nobody found again. */
const NEVER_RAN: readonly string[] = ['StartError', 'ContainerCannotRun', 'ContainerStatusUnknown'];

/** Its entry ended by itself, and so has written the last line of the output. */
export function hasSaidEnd({ terminated }: PodFacts): boolean {
  return terminated !== undefined && terminated.exitCode !== KILLED_STATUS && !NEVER_RAN.includes(terminated.reason);
}
