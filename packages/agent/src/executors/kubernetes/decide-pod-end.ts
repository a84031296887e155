// How an attempt ended whose Pod is over.
import type { ErrorFacts } from '@towpath/core';
import type { AttemptFolder, EndingReason } from '../attempt-folder.ts';
import { commandMissing } from '../command-missing.ts';
import type { ContainerRecord } from '../container-record.ts';
import { decideEnd } from '../decide-end.ts';
import type { AttemptEnd } from '../executor.ts';
import { noteFailedStart } from '../refused-attempt.ts';
import { BUNDLE_CONTAINER, explainBundle } from './bundle-container.ts';
import { describeEnd, type EndedContainer } from './container-facts.ts';
import { MESSAGES } from './entry-words.ts';
import { type JobPlace, listJobs } from './jobs.ts';
import { startFailed } from './judge-waiting.ts';
import { findLoss, toEndFacts } from './pod-end.ts';
import type { PodFacts } from './pod-facts.ts';

export interface OverPod {
  readonly pod: PodFacts;
  readonly folder: AttemptFolder;
  readonly record: ContainerRecord;
  readonly ending: EndingReason | undefined;
}

/** Decides it. What prevented its start stands in its log too. @throws ApiError */
export async function decidePodEnd(place: JobPlace, { pod, folder, record, ending }: OverPod): Promise<AttemptEnd> {
  const { attemptId, timeoutSeconds } = record.spec;
  const problem = ending === undefined ? findStartProblem(pod) : undefined;
  if (problem !== undefined)
    return { outcome: 'errored', exitCode: null, result: null, ...noteFailedStart(folder, problem) };
  // Kubernetes deletes the Pods of a Job whose time is over, and says so at the Job alone.
  const mayBeOverdue = ending === undefined && pod.isDeleting && pod.terminated?.exitCode !== 0;
  const isJobOverdue = mayBeOverdue && (await listJobs(place, attemptId)).some(({ isOverdue }) => isOverdue);
  return decideEnd(toEndFacts({ pod, ending, isJobOverdue, timeoutSeconds }));
}

function findStartProblem(pod: PodFacts): ErrorFacts | undefined {
  const { terminated, phase, reason, message, failedBefore } = pod;
  if (terminated === undefined) {
    const isRefused = phase === 'Failed' && findLoss(pod) === undefined && reason !== 'DeadlineExceeded';
    if (!isRefused) return undefined;
    return failedBefore === undefined ? startFailed(`${reason}: ${message}`) : explainBefore(failedBefore);
  }
  if (terminated.reason === 'StartError' || terminated.reason === 'ContainerCannotRun')
    return startFailed(terminated.message ?? terminated.reason);
  if (terminated.message?.startsWith(MESSAGES.commandMissing))
    return commandMissing(terminated.message.slice(MESSAGES.commandMissing.length));
  return terminated.message === MESSAGES.filesMissing ? FILES_MISSING : undefined;
}

function explainBefore(ended: EndedContainer): ErrorFacts {
  if (ended.name === BUNDLE_CONTAINER) return explainBundle(ended);
  return startFailed(`Container ${ended.name}: ${describeEnd(ended)}`);
}

const FILES_MISSING: ErrorFacts = {
  code: 'POD_FILES_UNREADABLE',
  message: 'The image could not bring the files of the attempt to their place.',
  cause:
    'An image with `sh` needs `cp` and `mkdir`, and its user must be able to write to /towpath; the log says what failed.',
  fix: 'Build the image from a base with these programs, or correct the user it runs as.',
};
