// Why a Pod does not run yet, and how long that may be so: what can't get well by itself ends at once, what may is waited for.
import type { ErrorFacts } from '@towpath/core';
import { describeEnd, STARTED_AGAIN, type WaitingContainer } from './container-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/** `none`: it will not get well. `scheduling`: nodes come and go. `pulling`: as long as its Job may take. */
export type Patience = 'none' | 'start' | 'scheduling' | 'pulling';

export interface WaitingVerdict {
  readonly patience: Patience;
  /** What is said when there is none left. */
  readonly facts: ErrorFacts;
}

/** Judges a Pod that does not run; undefined is one that its Job has not made yet. */
export function judgeWaiting(pod: PodFacts | undefined): WaitingVerdict {
  if (pod === undefined) return { patience: 'start', facts: POD_MISSING };
  const scheduled = pod.conditions.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') return { patience: 'scheduling', facts: unschedulable(scheduled.message) };
  if (pod.waiting === undefined) return { patience: 'start', facts: startFailed('It did not begin to start.') };
  return judgeContainer(pod.waiting);
}

function judgeContainer({ reason, message, name, last }: WaitingContainer): WaitingVerdict {
  if (PULL_REASONS.has(reason)) return judgePull(message);
  if (reason === 'InvalidImageName') return { patience: 'none', facts: imageMissing(message) };
  // Its image is pulled under this reason, which may take long for a good one.
  if (reason === 'ContainerCreating' || reason === 'PodInitializing')
    return { patience: 'pulling', facts: startFailed(message) };
  // Only what is started again waits for this reason: a sidecar.
  if (reason === STARTED_AGAIN) return { patience: 'start', facts: sidecarFailed(name, last) };
  if (reason === 'CreateContainerConfigError') return { patience: 'start', facts: startFailed(message) };
  if (BROKEN_REASONS.has(reason)) return { patience: 'none', facts: startFailed(message) };
  return { patience: 'start', facts: startFailed(`${reason}: ${message}`) };
}

const PULL_REASONS = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
]);
const BROKEN_REASONS = new Set([
  'CreateContainerError',
  'RunContainerError',
  'PreStartHookError',
  'PostStartHookError',
]);

/** The kubelet passes on what a registry said as a text only, so the text is all there is to tell one refusal from another. */
function judgePull(message: string): WaitingVerdict {
  if (/\b(401|403)\b|unauthori[sz]ed|authori[sz]ation failed|authentication required|denied|forbidden/i.test(message))
    return { patience: 'none', facts: pullUnauthorised(message) };
  if (/not found|manifest unknown|no such image|not present with pull policy/i.test(message))
    return { patience: 'none', facts: imageMissing(message) };
  return { patience: 'start', facts: pullFailed(message) };
}

/** Nobody has made a Pod out of the Job. */
export const POD_MISSING: ErrorFacts = {
  code: 'POD_NOT_CREATED',
  message: 'Kubernetes makes no Pod for the attempt.',
  cause: 'Its Job has none, and nothing says why.',
  fix: 'Look at the events of the Job: a quota, a policy or a missing service account may forbid its Pod.',
};

function unschedulable(cause: string): ErrorFacts {
  return {
    code: 'POD_UNSCHEDULABLE',
    message: 'No node of the cluster takes the attempt.',
    cause,
    fix: "Compare the environment's sizing with the nodes, or let the cluster have more of them.",
  };
}

function imageMissing(cause: string): ErrorFacts {
  return {
    code: 'IMAGE_MISSING',
    message: 'There is no such image.',
    cause,
    fix: 'Publish it with `npx towpath datakit publish`, or correct registry, name or version.',
  };
}

function pullUnauthorised(cause: string): ErrorFacts {
  return {
    code: 'IMAGE_PULL_UNAUTHORISED',
    message: 'The registry does not give out the image.',
    cause,
    fix: "Name a Secret of the namespace with credentials that may pull it in the environment's `imagePullSecrets`.",
  };
}

function pullFailed(cause: string): ErrorFacts {
  return {
    code: 'IMAGE_PULL_FAILED',
    message: 'The image could not be pulled.',
    cause,
    fix: "Check that the registry can be reached from the cluster's nodes, and its certificate.",
  };
}

function sidecarFailed(name: string, last: WaitingContainer['last']): ErrorFacts {
  return {
    code: 'SIDECAR_FAILED',
    message: `The sidecar ${name} of the attempt does not stay up.`,
    cause: last === undefined ? 'It ends again and again.' : describeEnd(last),
    fix: `Look at its output: \`kubectl logs <pod> --container ${name}\`; and at its words, variables and Secrets in the environment's \`kubernetes.sidecars\`.`,
  };
}

/** The node could not start the container. */
export function startFailed(cause: string): ErrorFacts {
  return {
    code: 'POD_START_FAILED',
    message: 'The cluster could not start the attempt.',
    cause,
    fix: 'Check that the image has `sh`, and the settings of the environment against what the namespace allows.',
  };
}
