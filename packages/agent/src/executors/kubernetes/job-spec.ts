// From the specification of an attempt to its Job. Nothing secret: everybody who may read Jobs or Pods reads all of it.
import { toContainerCommand, toPlainVariables, toSecretVariables } from '../attempt-files.ts';
import { LABELS, toAttemptLabels } from '../attempt-labels.ts';
import { MOUNT, PATH_VARIABLES } from '../container-paths.ts';
import type { AttemptSpecification } from '../executor.ts';
import { toLabelValue } from './job-name.ts';
import { GIVEN, type PodEntryKind, toEntryWords } from './pod-entry.ts';
import { type SecretItem, toVariableKey } from './secret-data.ts';

/** Holds a Pod in the API after its end, whoever deletes it, until its result was accepted. */
export const FINALIZER = 'towpath.dev/result';

/** Of the container in which the attempt runs. */
export const CONTAINER = 'task';

/** What is the same for all Jobs of an executor. */
export interface JobSettings {
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
  /** `sh` when not given. */
  readonly entry?: PodEntryKind | undefined;
}

export interface JobParts {
  readonly name: string;
  readonly image: PodImage;
  readonly settings: JobSettings;
  /** Files of the attempt's Secret. */
  readonly items: readonly SecretItem[];
  /** From TERM to KILL, for whoever deletes the Pod. */
  readonly graceSeconds: number;
  /** After which Kubernetes ends it when no agent does. */
  readonly deadlineSeconds: number;
}

/** Body of `POST …/jobs`. @throws TowpathError `IMAGE_HAS_NO_SHELL` */
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

function toPodSpec(specification: AttemptSpecification, parts: JobParts): object {
  const { name, settings, image, items, graceSeconds } = parts;
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: graceSeconds,
    automountServiceAccountToken: false,
    // Addresses of the namespace's services would be variables of the attempt.
    enableServiceLinks: false,
    ...(settings.serviceAccount !== undefined && { serviceAccountName: settings.serviceAccount }),
    imagePullSecrets: (settings.imagePullSecrets ?? []).map((secret) => ({ name: secret })),
    volumes: [
      { name: 'towpath', emptyDir: {} },
      { name: 'given', secret: { secretName: name, items } },
    ],
    containers: [
      {
        name: CONTAINER,
        image: image.reference,
        // A node keeps what a name stood for when it was pulled first: another node, or the next attempt, would run other bytes.
        imagePullPolicy: image.mayBeLocal ? 'IfNotPresent' : 'Always',
        command: [...toEntryWords(image.entry ?? 'sh'), ...toContainerCommand(specification)].map(escapeReferences),
        env: toVariables(specification, name),
        terminationMessagePolicy: 'File',
        resources: toResources(settings),
        securityContext: { allowPrivilegeEscalation: false },
        volumeMounts: [
          { name: 'towpath', mountPath: MOUNT },
          { name: 'given', mountPath: GIVEN, readOnly: true },
        ],
      },
    ],
  };
}

function toVariables(specification: AttemptSpecification, secretName: string): object[] {
  const plain = Object.entries({ ...toPlainVariables(specification), ...PATH_VARIABLES });
  const secret = Object.keys(toSecretVariables(specification));
  return [
    ...plain.map(([name, value]) => ({ name, value: escapeReferences(value) })),
    ...secret.map((name, at) => ({ name, valueFrom: { secretKeyRef: { name: secretName, key: toVariableKey(at) } } })),
  ];
}

/** Kubernetes replaces `$(NAME)` in words and values, and `$$` by `$`. */
function escapeReferences(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function toResources({ cpu, memoryMiB }: JobSettings): object {
  const amounts = {
    ...(cpu !== undefined && { cpu: `${Math.max(1, Math.round(cpu * 1000))}m` }),
    ...(memoryMiB !== undefined && { memory: `${memoryMiB}Mi` }),
  };
  return { requests: amounts, limits: amounts };
}
