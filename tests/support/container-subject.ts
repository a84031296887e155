// The executors with containers as tests of whole agents have them: real parts, a datakit `steps` that they can run, and a look at
// what attempts leave behind.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AgentOptions } from '@towpath/agent';
import { requireDocker, requireKubernetes } from '@towpath/testkit';
import { createDatakitImages } from './datakit-images.ts';
import { createTestNamespace, type TestNamespace } from './test-namespace.ts';
import type { TestProject } from './test-project.ts';

export interface ContainerSubject {
  readonly name: 'docker' | 'kubernetes';
  /** Why a part is not there; undefined when all are. */
  readonly reason: string | undefined;
  readonly executor: NonNullable<AgentOptions['executor']>;
  /** Of attempts, in the state folder of an agent. */
  readonly attemptsFolder: string;
  /** Makes the datakit `steps` of the project something that it can run. */
  prepare(project: TestProject): Promise<void>;
  /** @throws Error with what is left of attempts that have ended; what stays for people to look at is none of it */
  assertNoneLeft(): Promise<boolean>;
  /** Removes what `prepare` has made. */
  close(): Promise<void>;
}

const run = promisify(execFile);

/** Containers of the engine of the machine. */
export function createDockerSubject(): ContainerSubject {
  const docker = requireDocker();
  const images = createDatakitImages(docker);
  let image = '';
  return {
    name: 'docker',
    reason: docker.reason,
    executor: images.executor,
    attemptsFolder: 'containers',
    prepare: async (project) => {
      image = await images.build(project, 'steps', '1.0.0');
    },
    // The newest container of the datakit stays for who looks at its log.
    assertNoneLeft: async () => {
      const of = ['--filter', 'label=dev.towpath.environment=local', '--filter', `ancestor=${image}`];
      const { stdout } = await run('docker', ['ps', '--all', ...of, '--format', '{{.Names}} {{.State}}']);
      const left = stdout.split('\n').filter((line) => line !== '' && line !== 'datakit-steps exited');
      if (left.length > 0) throw new Error(left.join('\n'));
      return true;
    },
    close: () => images.remove(),
  };
}

/** Jobs in a namespace of the cluster. */
export function createKubernetesSubject(): ContainerSubject & { readonly namespace: TestNamespace } {
  const images = createDatakitImages(requireDocker());
  const namespace = createTestNamespace(requireKubernetes(), images);
  return {
    name: 'kubernetes',
    namespace,
    reason: namespace.reason,
    executor: namespace.executor,
    attemptsFolder: 'jobs',
    prepare: async (project) => {
      await namespace.create();
      await namespace.publish(await images.build(project, 'steps', '1.0.0'));
    },
    assertNoneLeft: () => namespace.assertNoneLeft(),
    close: () => namespace.remove(),
  };
}
