import { requireDocker } from '@towpath/testkit';
import { describe } from 'vitest';
import { openDockerSubject } from '../../testing/docker-subject.ts';
import { testExecutorContract } from '../../testing/executor-contract.ts';

const docker = requireDocker();

describe.skipIf(docker.reason !== undefined)(`on a Docker engine (${docker.reason ?? 'which is there'})`, () => {
  testExecutorContract('docker', () => openDockerSubject(docker));
});
