// The Pod of an attempt: the container that runs it, what comes before, and what runs beside it.
import { posix } from 'node:path';
import { toContainerCommand, toPlainVariables, toSecretVariables } from '../attempt-files.ts';
import { CONTAINER_PATHS, MOUNT, PATH_VARIABLES } from '../container-paths.ts';
import type { AttemptSpecification } from '../executor.ts';
import { toBundleContainer, toBundleVolume } from './bundle-container.ts';
import { escapeReferences, toContainerSecurity, toPodSecurity, toResources } from './container-parts.ts';
import { GIVEN } from './entry-words.ts';
import type { JobParts, PodImage } from './job-settings.ts';
import { chooseEntry, toEntryWords } from './pod-entry.ts';
import { toVariableKey } from './secret-data.ts';
import { toSidecars, toSidecarVolumes, toTicketMounts } from './sidecar-spec.ts';

/** Of the container in which the attempt runs. */
export const CONTAINER = 'task';

/** `spec` of the Pod. */
export function toPodSpec(specification: AttemptSpecification, parts: JobParts): object {
  const { name, settings, items, bundle, graceSeconds } = parts;
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: graceSeconds,
    automountServiceAccountToken: false,
    // Addresses of the namespace's services would be variables of the attempt.
    enableServiceLinks: false,
    ...toPodSecurity(settings),
    ...(settings.serviceAccount !== undefined && { serviceAccountName: settings.serviceAccount }),
    imagePullSecrets: (settings.imagePullSecrets ?? []).map((secret) => ({ name: secret })),
    volumes: [
      { name: 'towpath', emptyDir: {} },
      { name: 'given', secret: { secretName: name, items } },
      ...(bundle === undefined ? [] : [toBundleVolume(bundle, name)]),
      ...toSidecarVolumes(settings),
    ],
    // One after the other; a sidecar need not wait for a bundle that may never come.
    initContainers: [...toBundleContainers(parts), ...toSidecars(settings)],
    containers: [toTaskContainer(specification, parts)],
  };
}

function toBundleContainers({ bundle, image, settings, bundlePatienceMs: patienceMs }: JobParts): readonly object[] {
  if (bundle === undefined) return [];
  const own = { resources: toResources(settings), securityContext: toContainerSecurity(settings) };
  return [toBundleContainer(bundle, { ...toImage(image), ...own, patienceMs })];
}

function toTaskContainer(specification: AttemptSpecification, parts: JobParts): object {
  const { name, image, settings } = parts;
  const entry = chooseEntry(specification.work);
  const command = [...toEntryWords(entry), ...toContainerCommand(specification)];
  const { volumeMounts, ...own } = entry === 'none' ? toBareParts(parts) : ENTERED_PARTS;
  return {
    name: CONTAINER,
    ...toImage(image),
    command: command.map(escapeReferences),
    env: toVariables(specification, name),
    terminationMessagePolicy: 'File',
    resources: toResources(settings, specification.requests),
    securityContext: toContainerSecurity(settings),
    ...own,
    volumeMounts: [...volumeMounts, ...toTicketMounts(settings)],
  };
}

/**
 * A node keeps what a name stood for when it was pulled first: another node, or the next attempt, would run other bytes. A digest
 * stands for one content.
 */
function toImage({ reference, mayBeLocal }: PodImage) {
  const isSettled = mayBeLocal || reference.includes('@');
  return { image: reference, imagePullPolicy: isSettled ? 'IfNotPresent' : 'Always' } as const;
}

/** Files are brought to their place by the entry, which makes the folders, too. */
const ENTERED_PARTS = {
  volumeMounts: [
    { name: 'towpath', mountPath: MOUNT },
    { name: 'given', mountPath: GIVEN, readOnly: true },
  ],
};

/** Without an entry the kubelet does its work: it makes the folders, and takes the result as the termination message. */
function toBareParts({ items }: JobParts) {
  const folders = [CONTAINER_PATHS.work, CONTAINER_PATHS.temporary];
  return {
    workingDir: CONTAINER_PATHS.work,
    terminationMessagePath: CONTAINER_PATHS.result,
    volumeMounts: [
      ...folders.map((path) => ({ name: 'towpath', mountPath: path, subPath: posix.basename(path) })),
      ...items.map(({ path }) => {
        const mountPath = posix.join(posix.dirname(CONTAINER_PATHS.inputs), path);
        return { name: 'given', mountPath, subPath: path, readOnly: true };
      }),
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
