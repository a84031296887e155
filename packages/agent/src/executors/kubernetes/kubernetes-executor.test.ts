import { requireKubernetes } from '@towpath/testkit';
import { describe } from 'vitest';
import { testExecutorContract } from '../../testing/executor-contract.ts';
import { openKubernetesSubject } from '../../testing/kubernetes-subject.ts';

const part = requireKubernetes();

describe.skipIf(part.reason !== undefined)(`on Kubernetes (${part.reason ?? 'which is there'})`, () => {
  testExecutorContract('kubernetes', () => openKubernetesSubject(part));
});
