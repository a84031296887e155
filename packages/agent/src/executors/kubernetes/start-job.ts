// From a specification to a Job and its Secret. Each step may be repeated after an answer that was lost. The Job comes first, so
// that there is never a Secret that belongs to nobody; its Pod waits the moment until the Secret is there.
import { failpoint, TowpathError } from '@towpath/core';
import { type AttemptFile, listAttemptFiles, listBundleFiles } from '../attempt-files.ts';
import type { AttemptSpecification } from '../executor.ts';
import type { BundleAccess, GiveAccess } from './bundle-access.ts';
import { toBundleSecrets } from './bundle-container.ts';
import { toJobName } from './job-name.ts';
import { toJobSpec } from './job-spec.ts';
import { createJob, createSecret } from './jobs.ts';
import { ApiError, isApiAway } from './kubernetes-api.ts';
import type { KubernetesHost } from './kubernetes-host.ts';
import { toSecretData } from './secret-data.ts';
import { toSecretSpec } from './secret-spec.ts';

/** An attempt that is being started. */
export interface StartedAttempt {
  readonly specification: AttemptSpecification;
  readonly giveAccess: GiveAccess;
}

/** For Kubernetes' own clock, which begins earlier than ours and includes the start: only what no agent ends runs into it. */
const SPARE_SECONDS = 60;

/** Creates the Job of an attempt; one that an earlier try has created is left as it is. @throws TowpathError why it can't be; ApiError when the API is away */
export async function startJob(
  host: KubernetesHost,
  { specification, giveAccess }: StartedAttempt,
  signal: AbortSignal,
): Promise<void> {
  const { place, settings, graceSeconds, patienceMs } = host;
  const name = toJobName(specification.attemptId, specification.environmentVariables);
  const image = host.chooseImage(specification);
  const { files, bundle } = await listFiles(host, specification, () => giveAccess(signal));
  const given = toSecretData(specification, { files, others: bundle === undefined ? {} : toBundleSecrets(bundle) });
  const deadlineSeconds = toDeadlineSeconds(host, specification);
  const times = { graceSeconds, deadlineSeconds, bundlePatienceMs: patienceMs.start };
  const parts = { name, image, settings, items: given.items, bundle, ...times };
  failpoint('kubernetes.before-job');
  const { uid } = await createJob(place, name, toJobSpec(specification, parts)).catch(translate);
  failpoint('kubernetes.after-job');
  await createSecret(place, toSecretSpec(specification, given, { name, uid, settings })).catch(translate);
  failpoint('kubernetes.after-secret');
}

/** Up to here a bundle goes with the Secret: ADR 0016 says what was measured. Functions without packages have 129 KiB. */
const LARGEST_GIVEN_BYTES = 256 * 1024;

interface GivenFiles {
  readonly files: readonly AttemptFile[];
  /** Of what does not go with them. */
  readonly bundle: BundleAccess | undefined;
}

async function listFiles(
  { readRunner }: KubernetesHost,
  specification: AttemptSpecification,
  giveAccess: () => Promise<BundleAccess>,
): Promise<GivenFiles> {
  const files = await listAttemptFiles(specification, readRunner);
  const bundled = await listBundleFiles(specification);
  const sizeBytes = bundled.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0);
  if (sizeBytes <= LARGEST_GIVEN_BYTES) return { files: [...files, ...bundled], bundle: undefined };
  return { files, bundle: await giveAccess() };
}

/** Kubernetes takes 32 bits of seconds. */
const LONGEST_SECONDS = 2 ** 31 - 1;

function toDeadlineSeconds(
  { patienceMs, graceSeconds }: KubernetesHost,
  { timeoutSeconds }: AttemptSpecification,
): number {
  const startSeconds = Math.max(patienceMs.start, patienceMs.scheduling, patienceMs.pulling) / 1000;
  return Math.min(LONGEST_SECONDS, Math.ceil(startSeconds + timeoutSeconds) + graceSeconds + SPARE_SECONDS);
}

function translate(thrown: unknown): never {
  if (!(thrown instanceof ApiError) || isApiAway(thrown)) throw thrown;
  throw new TowpathError({
    code: 'JOB_REFUSED',
    message: 'Kubernetes did not take the attempt.',
    cause: thrown.message,
    fix: "Check that the agent's account has the role of deploy/kubernetes/agent/rbac.yaml in the namespace, and its quotas and policies.",
  });
}
