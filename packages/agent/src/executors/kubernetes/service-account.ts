// Access from inside a Pod, by its service account: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TowpathError } from '@towpath/core';
import type { ApiAccess } from './api-access.ts';

/** Where every Pod finds its account. */
const ACCOUNT_FOLDER = '/var/run/secrets/kubernetes.io/serviceaccount';

/** `variables` are the process's own. @throws TowpathError `KUBERNETES_ACCOUNT_MISSING` outside of a cluster */
export async function readServiceAccount(
  variables: Readonly<Record<string, string | undefined>>,
  folder = ACCOUNT_FOLDER,
): Promise<ApiAccess> {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = variables;
  if (host === undefined || port === undefined) throw accountMissing('KUBERNETES_SERVICE_HOST is not set.');
  const read = async (name: string): Promise<string> => (await readFile(join(folder, name), 'utf8')).trim();
  try {
    return {
      server: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
      tls: { ca: await read('ca.crt') },
      namespace: await read('namespace'),
      // The kubelet replaces it long before it expires.
      getCredentials: async () => ({ token: await read('token') }),
    };
  } catch (thrown) {
    throw accountMissing(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function accountMissing(cause: string): TowpathError {
  return new TowpathError({
    code: 'KUBERNETES_ACCOUNT_MISSING',
    message: 'There is no service account of a Pod here.',
    cause,
    fix: 'Outside of a cluster name a kubeconfig; inside, let the Pod have its token (automountServiceAccountToken).',
  });
}
