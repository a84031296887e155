import type { AttemptSpecification } from '../executor.ts';
import type { JobSettings } from './job-settings.ts';
import { toMetadata } from './job-spec.ts';
import type { SecretData } from './secret-data.ts';

/** The Secret of an attempt, which goes with its Job: body of `POST …/secrets`. */
export function toSecretSpec(
  specification: AttemptSpecification,
  { data }: SecretData,
  job: { readonly name: string; readonly uid: string; readonly settings: JobSettings },
): object {
  const { name, uid, settings } = job;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      ...toMetadata(specification, settings),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid }],
    },
    immutable: true,
    data,
  };
}
