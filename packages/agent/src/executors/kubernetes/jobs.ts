// The Jobs, Secrets and Pods of attempts, as this executor asks for them.
import { setTimeout as pause } from 'node:timers/promises';
import { TowpathError } from '@towpath/core';
import { z } from 'zod';
import { LABELS } from '../attempt-labels.ts';
import { toLabelValue } from './job-name.ts';
import { FINALIZER } from './job-spec.ts';
import { hasStatus, type KubernetesApi } from './kubernetes-api.ts';
import { type PodFacts, parsePod } from './pod-facts.ts';

/** One namespace of one cluster, and whose attempts in it. */
export interface JobPlace {
  readonly api: KubernetesApi;
  readonly namespace: string;
  readonly instanceId: string;
}

const Job = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  status: z
    .object({
      conditions: z
        .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default('') }))
        .default([]),
    })
    .prefault({}),
});

export interface JobFacts {
  readonly name: string;
  readonly uid: string;
  readonly attemptId: string;
  readonly instanceLabel: string;
  readonly isDeleting: boolean;
  readonly isFinished: boolean;
  readonly isOverdue: boolean;
}

function parseJob(value: unknown): JobFacts {
  const { metadata, status } = Job.parse(value);
  const true_ = status.conditions.filter((condition) => condition.status === 'True');
  return {
    name: metadata.name,
    uid: metadata.uid,
    attemptId: metadata.annotations[LABELS.attempt] ?? metadata.labels[LABELS.attempt] ?? '',
    instanceLabel: metadata.labels[LABELS.instance] ?? '',
    isDeleting: metadata.deletionTimestamp !== undefined,
    isFinished: true_.some(({ type }) => type === 'Complete' || type === 'Failed'),
    isOverdue: true_.some(({ reason }) => reason === 'DeadlineExceeded'),
  };
}

const List = z.object({ items: z.array(z.unknown()) });

/** Jobs of this agent, or of one attempt of it. @throws ApiError */
export async function listJobs(place: JobPlace, attemptId?: string): Promise<readonly JobFacts[]> {
  const query = { labelSelector: toSelector(place, attemptId) };
  return List.parse(await place.api.send({ method: 'GET', path: jobPath(place), query })).items.map(parseJob);
}

/** Pods of this agent, or of one attempt of it. @throws ApiError */
export async function listPods(place: JobPlace, attemptId?: string): Promise<readonly PodFacts[]> {
  const query = { labelSelector: toSelector(place, attemptId) };
  return List.parse(await place.api.send({ method: 'GET', path: podPath(place), query })).items.map(parsePod);
}

/** Undefined when there is none. @throws ApiError */
async function findJob(place: JobPlace, name: string): Promise<JobFacts | undefined> {
  try {
    return parseJob(await place.api.send({ method: 'GET', path: jobPath(place, name) }));
  } catch (thrown) {
    if (hasStatus(thrown, 404)) return undefined;
    throw thrown;
  }
}

/** Creates the Job, or finds the one that an answer which was lost had created. @throws TowpathError `JOB_NAME_TAKEN`; ApiError */
export async function createJob(place: JobPlace, name: string, spec: object): Promise<JobFacts> {
  try {
    return parseJob(await place.api.send({ method: 'POST', path: jobPath(place), body: spec }));
  } catch (thrown) {
    if (!hasStatus(thrown, 409)) throw thrown;
    const existing = await findJob(place, name);
    if (existing === undefined) throw thrown;
    if (existing.instanceLabel === toLabelValue(place.instanceId)) return existing;
    throw nameTaken(name, place.namespace);
  }
}

/** Creates the Secret of a Job; one that is there already is that. @throws ApiError */
export async function createSecret(place: JobPlace, spec: object): Promise<void> {
  await place.api.send({ method: 'POST', path: secretPath(place), body: spec }).catch((thrown: unknown) => {
    if (!hasStatus(thrown, 409)) throw thrown;
  });
}

/** What is gone already is well. @throws ApiError */
export async function deleteSecret(place: JobPlace, name: string): Promise<void> {
  await place.api.send({ method: 'DELETE', path: `${secretPath(place)}/${name}` }).catch(ignoreMissing);
}

/** Deletes a Job after its Pods, so that it makes no more of them. @throws ApiError */
export async function deleteJob(place: JobPlace, { name, uid }: Pick<JobFacts, 'name' | 'uid'>): Promise<void> {
  const body = { propagationPolicy: 'Foreground', preconditions: { uid } };
  await place.api.send({ method: 'DELETE', path: jobPath(place, name), body }).catch(ignoreMissing);
}

/** TERM, and KILL after the grace time; one that nothing runs of goes at once with 0. @throws ApiError */
export async function deletePod(
  place: JobPlace,
  { name, uid }: Pick<PodFacts, 'name' | 'uid'>,
  gracePeriodSeconds: number,
): Promise<void> {
  const body = { gracePeriodSeconds, preconditions: { uid } };
  await place.api.send({ method: 'DELETE', path: podPath(place, name), body }).catch(ignoreMissing);
}

/** Its end is of no interest: nothing holds it any more. @throws ApiError */
export async function releasePod(place: JobPlace, pod: Pick<PodFacts, 'name' | 'uid'>): Promise<void> {
  await patchMetadata(place, pod, RELEASED);
}

/**
 * Its end is accepted: nothing holds it any more, and without the label of its agent neither watches nor lists of that agent
 * bring it again, however many stay for their retention. @throws ApiError
 */
export async function acceptPod(place: JobPlace, pod: Pick<PodFacts, 'name' | 'uid'>): Promise<void> {
  await patchMetadata(place, pod, { ...RELEASED, labels: { [LABELS.instance]: null } });
}

const RELEASED = { '$deleteFromPrimitiveList/finalizers': [FINALIZER] };

/** An API server gives a patch up when others write faster: a kubelet that has just restarted does. A name that another has taken stays a conflict. */
const PATCH_TRIES = 10;
const PATCH_PAUSE_MS = 100;

async function patchMetadata(
  place: JobPlace,
  { name, uid }: Pick<PodFacts, 'name' | 'uid'>,
  metadata: object,
): Promise<void> {
  const body = { metadata: { uid, ...metadata } };
  for (let tries = 1; ; tries += 1) {
    try {
      await place.api.send({ method: 'PATCH', path: podPath(place, name), body });
      return;
    } catch (thrown) {
      if (!hasStatus(thrown, 409) || tries === PATCH_TRIES) return ignoreMissing(thrown);
    }
    await pause(PATCH_PAUSE_MS);
  }
}

function toSelector({ instanceId }: JobPlace, attemptId: string | undefined): string {
  const own = `${LABELS.instance}=${toLabelValue(instanceId)}`;
  return attemptId === undefined ? own : `${own},${LABELS.attempt}=${toLabelValue(attemptId)}`;
}

function jobPath({ namespace }: JobPlace, name?: string): string {
  return `/apis/batch/v1/namespaces/${namespace}/jobs${name === undefined ? '' : `/${name}`}`;
}

function podPath({ namespace }: JobPlace, name?: string): string {
  return `/api/v1/namespaces/${namespace}/pods${name === undefined ? '' : `/${name}`}`;
}

function secretPath({ namespace }: JobPlace): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}

function ignoreMissing(thrown: unknown): void {
  // 409: it is another one of the same name, so this one is gone.
  if (!hasStatus(thrown, 404) && !hasStatus(thrown, 409)) throw thrown;
}

function nameTaken(name: string, namespace: string): TowpathError {
  return new TowpathError({
    code: 'JOB_NAME_TAKEN',
    message: `A Job named ${name} exists in ${namespace}, and is not this agent's.`,
    cause: 'Its labels name another agent, or none.',
    fix: `Look at it with \`kubectl --namespace ${namespace} describe job ${name}\`, and remove it.`,
  });
}
