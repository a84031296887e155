// Datakits of a test project as images on the engine of the machine.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AgentOptions } from '@towpath/agent';
import type { DockerPart } from '@towpath/testkit';
import type { TestProject } from './test-project.ts';

const run = promisify(execFile);

export interface DatakitImages {
  /** Looks like a registry in names of images; there is none, so that they are on the engine only. */
  readonly registry: string;
  /** Why nothing can be built; undefined when it can. */
  readonly reason: string | undefined;
  /** Builds `datakits/<name>` of the project: the test image with the datakit's programs, and a last step. Returns its name. */
  build(project: TestProject, name: string, version: string, step?: string): Promise<string>;
  /**
   * Pushes a built image to a registry that wants a login, as `<host>/datakits/<name>:<version>`, which it returns; in a folder of its
   * own where one is given, since nodes keep what they once pulled by a name.
   */
  publish(image: string, registry: RegistryLogin, folder?: string): Promise<string>;
  /** An agent of `local` that runs them in Docker. */
  readonly executor: NonNullable<AgentOptions['executor']>;
  remove(): Promise<void>;
}

/** A registry with an account. */
export interface RegistryLogin {
  readonly host: string;
  readonly username: string;
  readonly password: string;
}

/** Images of one test file. */
export function createDatakitImages(docker: DockerPart): DatakitImages {
  const registry = `towpath-test-${randomUUID().slice(0, 8)}`;
  const built: string[] = [];
  return {
    registry,
    reason: docker.reason,
    build: async ({ folder }, name, version, step = '') => {
      const image = `${registry}/datakits/${name}:${version}`;
      const context = join(folder, 'datakits', name);
      writeFileSync(join(context, 'Dockerfile'), `FROM ${docker.image}\nCOPY bin /usr/local/bin\n${step}\n`);
      await run('docker', ['build', '--quiet', '--tag', image, context]);
      built.push(image);
      return image;
    },
    publish: async (image, { host, username, password }, folder) => {
      const name = image.replace(registry, folder === undefined ? host : `${host}/${folder}`);
      const config = mkdtempSync(join(tmpdir(), 'docker-config-'));
      const auth = Buffer.from(`${username}:${password}`).toString('base64');
      writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
      await run('docker', ['tag', image, name]);
      built.push(name);
      await run('docker', ['--config', config, 'push', '--quiet', name]);
      rmSync(config, { recursive: true });
      return name;
    },
    executor: {
      name: 'docker',
      decidedBy: 'a test',
      isDeclared: true,
      images: { registry, runnerImage: docker.image, floatingTags: [], environment: 'local', kind: 'local' },
      docker: { host: docker.host, configFolder: '/nonexistent' },
      kubernetes: { access: { kind: 'kubeconfig', path: '/nonexistent' }, namespace: 'default' },
    },
    remove: async () => {
      for (const image of built.splice(0)) await run('docker', ['image', 'rm', '--force', image]);
    },
  };
}
