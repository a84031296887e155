import { createHash } from 'node:crypto';
import { formatCanonicalJson, type GraphTask } from '@towpath/core';

/** Identity of any JSON value: SHA-256 (hex) of its canonical text. */
export function hashCanonicalJson(value: unknown): string {
  return createHash('sha256').update(formatCanonicalJson(value)).digest('hex');
}

/** Identity of what an executor starts; a process may be adopted only where this is equal. Names and retries are left out. */
export function hashTaskSpec(task: GraphTask): string {
  const { environmentVariables, timeoutSeconds } = task;
  if (task.kind === 'function') {
    const { id, module, export: exported } = task;
    return hashCanonicalJson({ function: { id, module, export: exported }, environmentVariables, timeoutSeconds });
  }
  const { datakit, argv } = task;
  return hashCanonicalJson({ datakit, argv, environmentVariables, timeoutSeconds });
}
