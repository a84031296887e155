// An agent of `local` whose attempts run on the test cluster, in a namespace that can pull from its registry.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AgentOptions } from '@towpath/agent';
import type { KubernetesPart } from '@towpath/testkit';

type Executor = NonNullable<AgentOptions['executor']>;

/** The Secret with the login of the registry. */
export const LOGIN = 'registry';

/** Of all tests that run agents on the cluster. */
export const NAMESPACE = 'towpath-test-executors';

/** The executor of such an agent, from one for Docker; `changes` are of what is about images. */
export function describeKubernetes(
  { kubeconfig, registry, image }: KubernetesPart,
  executor: Executor,
  changes: Partial<Executor['images']> = {},
): Executor {
  return {
    ...executor,
    name: 'kubernetes',
    images: { ...executor.images, registry: registry?.host, runnerImage: image, ...changes },
    kubernetes: {
      access: { kind: 'kubeconfig', path: kubeconfig },
      namespace: NAMESPACE,
      imagePullSecrets: [LOGIN],
    },
  };
}

/** Makes the namespace, with a login for the registry; what is there stays. */
export async function prepareNamespace({ kubectl, registry }: KubernetesPart, namespace: string): Promise<void> {
  const make = async (...words: readonly string[]): Promise<void> => {
    await promisify(execFile)(kubectl, ['create', ...words]).catch((thrown: unknown) => {
      if (!/already ?exists/i.test(String(thrown))) throw thrown;
    });
  };
  await make('namespace', namespace);
  const { host = '', username = '', password = '' } = registry ?? {};
  const login = [`--docker-server=${host}`, `--docker-username=${username}`, `--docker-password=${password}`];
  await make('--namespace', namespace, 'secret', 'docker-registry', LOGIN, ...login);
}
