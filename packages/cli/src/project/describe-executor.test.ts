import { getEnvironment, parseProject } from '@towpath/config';
import { expect, test } from 'vitest';
import { describeExecutor } from './describe-executor.ts';

const PROJECT = `name: finks
environments:
  qa:
    kind: shared
    executor: kubernetes
    kubernetes:
      context: qa
      serviceAccount: finks
      imagePullSecrets: [registry]
      serverUrl: https://towpath.qa.example
      sidecars:
        krb5:
          image: registry.qa.example/tickets:1
          args: [renew]
          env: { MINUTES: 10 }
          secrets: { krb5-keytab: /krb5/keytab }
          startupProbe: [klist, -s]
          cpu: 0.05
          memory: 64Mi
        proxy: { image: registry.qa.example/proxy:1 }
`;

test('what towpath.yaml says of Kubernetes is what an agent is started with, in the order of the file', () => {
  const environment = getEnvironment(parseProject('/project', PROJECT).declaration, 'qa');
  const env = { KUBECONFIG: '/k', NODE_EXTRA_CA_CERTS: '/ca.pem' };
  expect(describeExecutor(environment, { flag: undefined, env })?.kubernetes).toEqual({
    namespace: 'finks-qa',
    access: { kind: 'kubeconfig', path: '/k', context: 'qa' },
    serviceAccount: 'finks',
    imagePullSecrets: ['registry'],
    serverUrl: 'https://towpath.qa.example',
    authorityFile: '/ca.pem',
    tickets: undefined,
    sidecars: [
      {
        name: 'krb5',
        image: 'registry.qa.example/tickets:1',
        args: ['renew'],
        env: { MINUTES: '10' },
        secrets: [{ secret: 'krb5-keytab', mountPath: '/krb5/keytab' }],
        startupProbe: ['klist', '-s'],
        cpu: 0.05,
        memoryMiB: 64,
      },
      { name: 'proxy', image: 'registry.qa.example/proxy:1', env: {}, secrets: [] },
    ],
  });
});
