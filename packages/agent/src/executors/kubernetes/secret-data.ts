// What is in the Secret of one attempt: its secret variables, and everything it finds as a file. It goes with its Job, and as soon as the
// attempt's end was accepted.
import { posix } from 'node:path';
import { TowpathError } from '@towpath/core';
import { type AttemptFile, toSecretVariables } from '../attempt-files.ts';
import { CONTAINER_PATHS } from '../container-paths.ts';
import type { AttemptSpecification } from '../executor.ts';

/** A key of the Secret as a file of its mount. */
export interface SecretItem {
  readonly key: string;
  readonly path: string;
}

/** What the Secret holds, in base64, and where its files are mounted. */
export interface SecretData {
  readonly data: Readonly<Record<string, string>>;
  readonly items: readonly SecretItem[];
}

/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size */
const LARGEST_BYTES = 1024 * 1024;

/** Lays it out. @throws TowpathError `ATTEMPT_FILES_TOO_LARGE` */
export function toSecretData(specification: AttemptSpecification, files: readonly AttemptFile[]): SecretData {
  const variables = Object.values(toSecretVariables(specification)).map((text) => Buffer.from(text));
  const bodies = files.map(({ body }) => Buffer.from(body));
  const sizeBytes = [...variables, ...bodies].reduce((sum, { length }) => sum + length, 0);
  if (sizeBytes > LARGEST_BYTES) throw tooLarge(sizeBytes);
  const entries = [
    ...variables.map((bytes, at): [string, Buffer] => [toVariableKey(at), bytes]),
    ...bodies.map((bytes, at): [string, Buffer] => [toFileKey(at), bytes]),
  ];
  const root = posix.dirname(CONTAINER_PATHS.inputs);
  return {
    data: Object.fromEntries(entries.map(([key, bytes]) => [key, bytes.toString('base64')])),
    items: files.map(({ path }, at) => ({ key: toFileKey(at), path: posix.relative(root, path) })),
  };
}

/** Key in the Secret of the nth secret variable: a name may have characters that no key has. */
export function toVariableKey(at: number): string {
  return `variable-${at}`;
}

/** A file's own name may have characters that no key has. */
function toFileKey(at: number): string {
  return `file-${at}`;
}

function tooLarge(sizeBytes: number): TowpathError {
  return new TowpathError({
    code: 'ATTEMPT_FILES_TOO_LARGE',
    message: 'What the attempt needs does not fit into a Kubernetes Secret.',
    cause: `Its bundle, inputs, parameters and secrets have ${sizeBytes} bytes together; a Secret holds ${LARGEST_BYTES}.`,
    fix: 'Make the bundle smaller (fewer or lighter packages), or run the task in Docker. Pods can not fetch a bundle themselves yet.',
  });
}
