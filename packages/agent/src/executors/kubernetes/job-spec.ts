// From the specification of an attempt to its Job. Nothing secret: everybody who may read Jobs or Pods reads all of it.
import { LABELS, toAttemptLabels } from '../attempt-labels.ts';
import type { AttemptSpecification } from '../executor.ts';
import { toLabelValue } from './job-name.ts';
import type { JobParts, JobSettings } from './job-settings.ts';
import { toPodSpec } from './pod-spec.ts';

/** Holds a Pod in the API after its end, whoever deletes it, until its result was accepted. */
export const FINALIZER = 'towpath.dev/result';

/** Body of `POST …/jobs`. */
export function toJobSpec(specification: AttemptSpecification, parts: JobParts): object {
  const { name, settings } = parts;
  const metadata = toMetadata(specification, settings);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, ...metadata },
    spec: {
      // An attempt is one try; the server decides whether there is another.
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: parts.deadlineSeconds,
      ttlSecondsAfterFinished: settings.keepEndedSeconds,
      template: { metadata: { ...metadata, finalizers: [FINALIZER] }, spec: toPodSpec(specification, parts) },
    },
  };
}

/** Labels to find it by, and annotations with what a label can't hold. */
export function toMetadata(
  { attemptId, environmentVariables }: AttemptSpecification,
  { instanceId }: Pick<JobSettings, 'instanceId'>,
): { readonly labels: Readonly<Record<string, string>>; readonly annotations: Readonly<Record<string, string>> } {
  const texts = { [LABELS.instance]: instanceId, ...toAttemptLabels(attemptId, environmentVariables) };
  const labels = Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, toLabelValue(text)]));
  const annotations = Object.fromEntries(Object.entries(texts).filter(([key, text]) => labels[key] !== text));
  return { labels: { ...labels, 'app.kubernetes.io/managed-by': 'towpath' }, annotations };
}
