// TypeScript tasks on Kubernetes whose bundle is too large for a Secret, and images without a shell: agent, server, registry and
// cluster are real.
import { join } from 'node:path';
import { startAgent } from '@towpath/agent';
import { StartRun } from '@towpath/api';
import { assertNoOrphans, requireDocker, requireKubernetes } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createDatakitImages } from './support/datakit-images.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';
import { describeKubernetes, NAMESPACE, prepareNamespace } from './support/kubernetes-agent.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

const docker = requireDocker();
const cluster = requireKubernetes();
const images = createDatakitImages(docker);
const missing = docker.reason ?? cluster.reason ?? (cluster.host === undefined ? 'no host that Pods reach' : undefined);

/** A library of 1.5 MiB that can't be made smaller, in one module, and a datakit before it. */
const PIPELINE = `import { datakitTask, definePipeline, functionTask } from 'towpath';
import { WORDS } from '../lib/words.ts';
export default definePipeline({
  name: 'large',
  tasks: [
    datakitTask({ id: 'datakit', datakit: 'bare', version: '1.0.0', command: ['bare', '$HOME', "it's"] }),
    functionTask({
      id: 'function',
      dependsOn: ['datakit'],
      inputs: ['datakit'],
      run: ({ inputs, log }) => {
        log('words of ' + inputs.datakit.words);
        return { length: WORDS.length };
      },
    }),
  ],
});
`;

/** A program of Node. */
const PROGRAM = `#!/usr/bin/env node
const { existsSync, writeFileSync } = require('node:fs');
console.log(JSON.stringify([process.argv.slice(2), existsSync('/bin/sh'), process.env.API_TOKEN]));
writeFileSync(process.env.TOWPATH_RESULT, JSON.stringify({ words: process.argv.length - 2 }));
`;

const MANIFEST = `name: bare
version: 1.0.0
kind: test
description: Says its words, without a shell
commands: [bare]
executableFolder: bin
environment: [{ name: API_TOKEN, required: true }]
image: { entry: node }
`;

const LENGTH = 1_500_000;

let plane: ControlPlane;
let project: TestProject;
let shellless = '';

describe.skipIf(missing !== undefined)(`with Kubernetes (${missing ?? 'which is there'})`, () => {
  beforeAll(async () => {
    plane = await startControlPlane({ host: cluster.host ?? '', allowedHosts: [cluster.host ?? ''] });
    project = createTestProject('large');
    project.write('datakits/bare/datakit.yaml', MANIFEST);
    project.write('datakits/bare/bin/bare', PROGRAM, 0o755);
    project.write('lib/words.ts', `export const WORDS = ${JSON.stringify('x'.repeat(LENGTH))};\n`);
    project.write('pipelines/large.ts', PIPELINE);
    const image = await images.build(project, 'bare', '1.0.0', 'RUN rm -f /bin/sh /bin/dash /bin/bash');
    if (cluster.registry !== undefined) shellless = await images.publish(image, cluster.registry);
    await prepareNamespace(cluster, NAMESPACE);
  });

  afterAll(async () => {
    await images.remove();
    await plane.close();
    await assertNoOrphans(project.folder);
    project.remove();
  });

  test('A20 kubernetes: a bundle of more than 1 MiB reaches a function, and no shell is needed for it or for a datakit', async () => {
    const agent = await startAgent({
      serverUrl: plane.url,
      token: plane.agentToken,
      name: 'local',
      stateFolder: join(project.stateFolder, 'agent'),
      projectFolder: project.folder,
      datakitFolders: [join(project.folder, 'datakits/bare')],
      environmentVariables: { API_TOKEN: "it's a secret" },
      secretVariables: ['API_TOKEN'],
      version: '0.0.0-test',
      executor: describeKubernetes(cluster, images.executor, { runnerImage: shellless }),
      log: () => undefined,
    });
    try {
      const { id } = await plane.client.call(StartRun, { body: { pipeline: 'large', environment: 'local' } });
      const { tasks } = await waitForRunEnd(plane.client, id);
      const logs = await Promise.all(tasks.map(({ attempts }) => readWholeLog(plane.client, attempts[0]?.id ?? '')));
      expect([tasks.map(({ attempts }) => attempts.map(({ state, result }) => [state, result])), logs]).toEqual([
        [[['succeeded', { words: 2 }]], [['succeeded', { length: LENGTH }]]],
        [
          expect.stringMatching(/^\[LOCAL\] datakit=bare .*\n\[\["\$HOME","it's"\],false,"\*+"\]\n$/),
          expect.stringMatching(/^\[LOCAL\] function=.*\nwords of 2\n$/),
        ],
      ]);
      const executed = tasks.map(({ attempts }) => attempts[0]?.execution?.image?.reference);
      expect(executed).toEqual([shellless, shellless]);
    } finally {
      await agent.close({ cancelRunning: true });
    }
  });
});
