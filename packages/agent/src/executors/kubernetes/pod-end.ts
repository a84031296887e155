// How a Pod ended, from what the cluster says of it.
import type { EndingReason } from '../attempt-folder.ts';
import type { EndFacts, LossFacts } from '../decide-end.ts';
import { parseOwnMessage, parseTermination } from './parse-termination.ts';
import type { PodFacts } from './pod-facts.ts';

export interface EndedPod {
  readonly pod: PodFacts;
  /** Why we ended it. */
  readonly ending: EndingReason | undefined;
  /** Its Job says that its time is over: an agent's limit comes first, so none was there. */
  readonly isJobOverdue: boolean;
  readonly timeoutSeconds: number;
}

/** Of KILL, as a shell counts it. */
const KILLED_STATUS = 137;

/** What the end is decided from. */
export function toEndFacts({ pod, ending, isJobOverdue, timeoutSeconds }: EndedPod): EndFacts {
  const { terminated } = pod;
  const isOutOfMemory = terminated?.reason === 'OOMKilled';
  const loss = findLoss(pod);
  return {
    exitStatus: isStatusKnown(pod, { ending, isOutOfMemory }) ? terminated?.exitCode : undefined,
    ending: ending ?? (isOverdue(pod, isJobOverdue) ? 'TIMED_OUT' : undefined),
    timeoutSeconds,
    loss: loss ?? POD_LOST,
    isOutOfMemory,
    memoryLimit: pod.memoryLimit,
    resultBytes: terminated?.exitCode === 0 ? readMessage(pod, terminated.message) : undefined,
  };
}

function readMessage({ hasEntry }: PodFacts, message: string | undefined): EndFacts['resultBytes'] {
  return hasEntry ? parseTermination(message) : parseOwnMessage(message);
}

function isOverdue({ terminated, reason }: PodFacts, isJobOverdue: boolean): boolean {
  return terminated?.exitCode !== 0 && (isJobOverdue || reason === 'DeadlineExceeded');
}

/** An exit code says nothing when the cluster has ended what ran; one of 0 is the command's own, whoever wanted it to end. */
function isStatusKnown(
  pod: PodFacts,
  { ending, isOutOfMemory }: { readonly ending: EndingReason | undefined; readonly isOutOfMemory: boolean },
): boolean {
  const { terminated } = pod;
  if (terminated === undefined || terminated.reason === 'ContainerStatusUnknown') return false;
  if (ending !== undefined) return terminated.exitCode !== KILLED_STATUS;
  return terminated.exitCode === 0 || isOutOfMemory || findLoss(pod) === undefined;
}

/** Why the cluster ended it: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
export function findLoss(pod: PodFacts): LossFacts | undefined {
  const disruption = pod.conditions.find(({ type, status }) => type === 'DisruptionTarget' && status === 'True');
  const cause = disruption?.reason ?? pod.reason;
  const words = disruption?.message || pod.message;
  const code = LOSS_CODES[cause];
  if (code !== undefined) return { reasonCode: code, reason: `${LOSS_REASONS[code]} ${words}`.trim() };
  if (pod.terminated?.reason === 'ContainerStatusUnknown')
    return { reasonCode: 'NODE_LOST', reason: LOSS_REASONS.NODE_LOST };
  return pod.isDeleting ? { reasonCode: 'POD_DELETED', reason: LOSS_REASONS.POD_DELETED } : undefined;
}

type LossCode = 'POD_EVICTED' | 'POD_PREEMPTED' | 'NODE_LOST' | 'POD_DELETED';

const LOSS_CODES: Readonly<Record<string, LossCode>> = {
  Evicted: 'POD_EVICTED',
  TerminationByKubelet: 'POD_EVICTED',
  EvictionByEvictionAPI: 'POD_EVICTED',
  PreemptionByScheduler: 'POD_PREEMPTED',
  Preempting: 'POD_PREEMPTED',
  DeletionByTaintManager: 'NODE_LOST',
  DeletionByPodGC: 'NODE_LOST',
  NodeLost: 'NODE_LOST',
  NodeShutdown: 'NODE_LOST',
  Terminated: 'NODE_LOST',
  Shutdown: 'NODE_LOST',
};

const LOSS_REASONS: Readonly<Record<LossCode, string>> = {
  POD_EVICTED: 'Kubernetes evicted its Pod.',
  POD_PREEMPTED: 'Kubernetes ended its Pod to make room for a more important one.',
  NODE_LOST: 'Its node was lost, drained or shut down.',
  POD_DELETED: 'Its Pod was deleted by somebody else, so its exit code says nothing.',
};

/** Nobody knows how it ended. */
export const POD_LOST: LossFacts = {
  reasonCode: 'POD_LOST',
  reason: 'Its Pod is gone, and nobody kept its exit code.',
};
