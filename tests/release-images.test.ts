// A release names the images of its datakits by digest: int runs them in Docker, prod on Kubernetes, each from its own registry,
// whatever a version comes to name there meanwhile.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetRun, ListRuns } from '@towpath/api';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { createRegistry } from '@towpath/oci';
import { requireDocker, requireKubernetes, requireRegistry, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { createDatakitImages } from './support/datakit-images.ts';
import { type Person, type PromotionRig, startPromotionRig } from './support/promotion-rig.ts';
import { createTestNamespace } from './support/test-namespace.ts';

/** Pulls and Pods beside other tests. */
const DEADLINE_MS = 120_000;
vi.setConfig({ testTimeout: 240_000, hookTimeout: 60_000 });

const cluster = requireKubernetes();
const { open, baseImage, reason: noRegistry } = requireRegistry();
/** The one with a shell. */
const base = baseImage.replace(/:node$/, ':shell');
const docker = requireDocker();
const images = createDatakitImages(docker);
const namespace = createTestNamespace(cluster, images);

const formatPipeline = (version: string): string => `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: 'daily',
  tasks: [datakitTask({ id: 'count', datakit: 'kit', version: '${version}', command: 'kit /etc/passwd', idempotent: true })],
});
`;

const reason = namespace.reason ?? noRegistry;

describe.skipIf(reason !== undefined)(`a release with images (${reason ?? 'all parts there'})`, () => {
  const repositories = `release-test-${randomUUID().slice(0, 8)}`;
  const home = mkdtempSync(join(tmpdir(), 'release-home-'));
  let rig: PromotionRig;

  beforeAll(async () => {
    const { host = '', username, password } = cluster.registry ?? {};
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
    await namespace.create();
    const common = { runnerImage: undefined, floatingTags: [], kind: 'shared' } as const;
    const access = { host: docker.host, configFolder: home };
    rig = await startPromotionRig('imaged', {
      datakitFolder: 'datakits/kit',
      executorOf: (environment) =>
        environment === 'int'
          ? {
              ...images.executor,
              docker: access,
              images: { ...common, environment, registry: `${open}/${repositories}/int` },
            }
          : {
              ...namespace.executor,
              docker: access,
              images: { ...common, environment, registry: `${host}/${namespace.name}` },
            },
    });
    rig.project.write(
      'towpath.yaml',
      `name: imaged
environments:
  local: { kind: local }
  int: { kind: shared, executor: docker, registry: "${open}/${repositories}/int" }
  prod: { kind: shared, executor: kubernetes, registry: "${host}/${namespace.name}" }
`,
    );
    await towpath('anna', 'datakit new kit --template shell');
  });
  afterAll(async () => {
    await rig.close();
    await namespace.remove();
    rmSync(home, { recursive: true, force: true });
  });

  async function towpath(person: Person, line: string) {
    const env = {
      ...{ TOWPATH_SERVER: rig.serverUrl, TOWPATH_TOKEN: rig.tokens[person] },
      ...{ HOME: home, DOCKER_CONFIG: home, PATH: process.env.PATH ?? '', DOCKER_HOST: process.env.DOCKER_HOST },
    };
    const world = createTestContext({ env, cwd: rig.project.folder });
    const code = await runProgram(world.context, line.split(' ')).catch((thrown: unknown) => {
      world.context.out(formatErrorLines(toErrorFacts(thrown)));
      return 1;
    });
    return { code, out: world.out() };
  }

  function commit(version: string, kit: string): void {
    rig.project.write('pipelines/daily.ts', formatPipeline(kit));
    rig.project.write('CHANGELOG.md', `# Changelog\n\n## ${version}\n\nSays ${version}.\n`);
    rig.git.commitAll(version);
  }

  async function publish(version: string): Promise<string> {
    rig.project.write('datakits/kit/datakit.yaml', formatManifest(version));
    rig.git.commitAll(`kit ${version}`);
    const { code, out } = await towpath('anna', `datakit publish datakits/kit --base ${base} --environment int --json`);
    expect(code, out).toBe(0);
    return JSON.parse(out).digest;
  }

  /** What the only attempt of a new run was started from. */
  async function runIn(environment: string) {
    const { code, out } = await towpath('erin', `run daily --environment ${environment}`);
    expect(code, out).toBe(0);
    const client = rig.clientOf('erin');
    const [run] = (await client.call(ListRuns, { query: { environment, limit: 1 } })).runs;
    const { tasks } = await client.call(GetRun, { params: { runId: run?.id ?? '' } });
    return tasks[0]?.attempts[0]?.execution;
  }

  const untilPromoted = (environment: string, word: RegExp) =>
    waitFor(`a promotion to ${environment}`, DEADLINE_MS, async () => {
      const { out } = await towpath('bo', `promotions show ${environment}`);
      if (!word.test(out)) throw new Error(out);
      return out;
    });

  it('A17 A63 runs each datakit by the digest that its release names, in Docker and on Kubernetes', async () => {
    const digest = await publish('0.1.0');
    commit('v1.0.0', '0.1.0');
    await rig.int.start();
    expect((await towpath('anna', 'release create v1.0.0')).out).toMatch(/, 1 pipeline and 1 image at /);
    expect((await towpath('bo', 'release show v1.0.0')).out).toMatch(new RegExp(`datakit kit +0\\.1\\.0 ${digest}`));
    await towpath('erin', 'promote v1.0.0 --to int');
    await untilPromoted('int', /int: succeeded/);
    const image = { reference: `${open}/${repositories}/int/datakits/kit:0.1.0@${digest}`, digest };
    expect(await runIn('int')).toMatchObject({ executor: 'docker', image });

    // Somebody puts other content under the version.
    const other = await publish('0.2.0');
    expect(other).not.toBe(digest);
    const registry = createRegistry({
      address: `${open}/${repositories}/int`,
      findCredentials: async () => undefined,
    });
    const manifest = await registry.findManifest('datakits/kit', other);
    if (!manifest) throw new Error('it was published');
    await registry.putManifest('datakits/kit', manifest, '0.1.0');
    rig.project.write('datakits/kit/datakit.yaml', formatManifest('0.1.0'));
    expect(await runIn('int')).toMatchObject({ image });

    await rig.prod.start();
    await towpath('rita', 'promote v1.0.0 --to prod');
    expect(await untilPromoted('prod', /prod: errored/)).toContain(
      `Copy it there: npx towpath datakit promote kit@${digest} --to prod`,
    );
    const copied = await towpath('rita', `datakit promote kit@${digest} --to prod`);
    expect(copied.out).toContain(`kit:0.1.0\n${digest}, from int`);
    await towpath('rita', 'promote v1.0.0 --to prod');
    await untilPromoted('prod', /prod: succeeded/);
    expect(await runIn('prod')).toMatchObject({ executor: 'kubernetes', image: { digest } });
  });

  it('A63 a release whose image was published nowhere is not recorded', async () => {
    commit('v1.1.0', '0.3.0');
    const { code, out } = await towpath('anna', 'release create v1.1.0');
    expect(code).toBe(1);
    expect(out).toMatch(/RELEASE_IMAGE_MISSING[\s\S]*datakit publish kit --environment int/);
    commit('v1.1.0', '0.2.0');
    expect((await towpath('anna', 'release create v1.1.0')).out).toMatch(/1 pipeline and 1 image at/);
    expect((await towpath('bo', 'release diff v1.0.0 v1.1.0')).out).toMatch(
      /datakit +kit +0\.1\.0@sha256:\w+ +0\.2\.0@sha256:/,
    );
  });
});

const formatManifest = (version: string): string => `name: kit
version: ${version}
kind: custom
description: Counts lines
commands: [kit]
executableFolder: bin
environment: []
image: { base: debian:bookworm-slim, entry: sh }
`;
