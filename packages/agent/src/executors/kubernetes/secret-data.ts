// What is in the Secret of one attempt: its secret variables, what it finds as files, and the token for its bundle. It goes with its
// Job, and as soon as the attempt's end was accepted.
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

/** What is in it besides the attempt's variables. */
export interface SecretParts {
  readonly files: readonly AttemptFile[];
  /** By key; no container of the attempt's own sees them. */
  readonly others: Readonly<Record<string, string>>;
}

/** https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size */
const LARGEST_BYTES = 1024 * 1024;

/** Lays it out. @throws TowpathError `ATTEMPT_FILES_TOO_LARGE` */
export function toSecretData(specification: AttemptSpecification, { files, others }: SecretParts): SecretData {
  const variables = Object.values(toSecretVariables(specification));
  const bodies: readonly [string, Buffer][] = [
    ...variables.map((text, at): [string, Buffer] => [toVariableKey(at), Buffer.from(text)]),
    ...files.map(({ body }, at): [string, Buffer] => [toFileKey(at), Buffer.from(body)]),
    ...Object.entries(others).map(([key, text]): [string, Buffer] => [key, Buffer.from(text)]),
  ];
  const sizeBytes = bodies.reduce((sum, [, { length }]) => sum + length, 0);
  if (sizeBytes > LARGEST_BYTES) throw tooLarge(sizeBytes);
  const root = posix.dirname(CONTAINER_PATHS.inputs);
  return {
    data: Object.fromEntries(bodies.map(([key, bytes]) => [key, bytes.toString('base64')])),
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
    cause: `Its inputs, parameters and secrets have ${sizeBytes} bytes together; a Secret holds ${LARGEST_BYTES}.`,
    fix: 'Hand over less: results and parameters name data, and do not hold it.',
  });
}
