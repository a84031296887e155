// Datakits of a test project as images on the engine of the machine.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AgentOptions } from '@towpath/agent';
import type { DockerPart } from '@towpath/testkit';
import type { TestProject } from './test-project.ts';

const run = promisify(execFile);

export interface DatakitImages {
  /** Looks like a registry in names of images; there is none, so that they are on the engine only. */
  readonly registry: string;
  /** Builds `datakits/<name>` of the project: the test image with the datakit's programs. Returns its name. */
  build(project: TestProject, name: string, version: string): Promise<string>;
  /** An agent of `local` that runs them. */
  readonly executor: NonNullable<AgentOptions['executor']>;
  remove(): Promise<void>;
}

/** Images of one test file. */
export function createDatakitImages(docker: DockerPart): DatakitImages {
  const registry = `towpath-test-${randomUUID().slice(0, 8)}`;
  const built: string[] = [];
  return {
    registry,
    build: async ({ folder }, name, version) => {
      const image = `${registry}/datakits/${name}:${version}`;
      const context = join(folder, 'datakits', name);
      writeFileSync(join(context, 'Dockerfile'), `FROM ${docker.image}\nCOPY bin /usr/local/bin\n`);
      await run('docker', ['build', '--quiet', '--tag', image, context]);
      built.push(image);
      return image;
    },
    executor: {
      name: 'docker',
      decidedBy: 'a test',
      isDeclared: true,
      images: { registry, runnerImage: docker.image, floatingTags: [], environment: 'local', kind: 'local' },
      docker: { host: docker.host, configFolder: '/nonexistent' },
    },
    remove: async () => {
      for (const image of built.splice(0)) await run('docker', ['image', 'rm', '--force', image]);
    },
  };
}
