// A project whose environments have registries: int an open one, qa and prod one that wants a login. All below a folder of their own.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatErrorLines, toErrorFacts } from '@towpath/core';
import { requireRegistry } from '@towpath/testkit';
import { runProgram } from '../../packages/cli/src/program.ts';
import { createTestContext } from '../../packages/cli/src/testing/test-context.ts';
import { createTestProject, type TestProject } from './test-project.ts';

export interface ImageProject extends TestProject {
  /** `datakit-test-<random>` */
  readonly repositories: string;
  readonly open: string;
  readonly guarded: string;
  /** An image with node, in a registry. */
  readonly base: string;
  /** Runs `towpath …`; what is thrown is printed as the executable does. */
  run(line: string, variables?: Readonly<Record<string, string>>): Promise<CommandEnd>;
  /** Runs it with --json and parses; fails with the output when the exit code is not 0. */
  read(line: string): Promise<Record<string, unknown>>;
  /** Deletes its folder, and what these datakits have in the registries. */
  clear(...datakits: readonly string[]): Promise<void>;
}

export interface CommandEnd {
  readonly code: number;
  readonly out: string;
}

/** Skips the test whose `context` this is where there are no registries. */
export function createImageProject(context: { skip(note?: string): never }): ImageProject {
  const { open, guarded, username, password, baseImage } = requireRegistry(context);
  const project = createTestProject('images');
  const repositories = `datakit-test-${randomUUID().slice(0, 8)}`;
  project.write(
    'towpath.yaml',
    `name: images
environments:
  local: { kind: local, registry: "${open.replace('localhost', 'registry.localhost')}/${repositories}/local" }
  int: { kind: shared, registry: "${open}/${repositories}/int", floatingTags: [development] }
  qa: { kind: shared, registry: "${guarded}/${repositories}/qa" }
  prod: { kind: production, registry: "${guarded}/${repositories}/prod" }
`,
  );
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  mkdirSync(join(project.folder, '.docker'));
  writeFileSync(join(project.folder, '.docker/config.json'), JSON.stringify({ auths: { [guarded]: { auth } } }));
  const env = { HOME: project.folder, PATH: process.env.PATH ?? '', DOCKER_HOST: process.env.DOCKER_HOST };
  const run: ImageProject['run'] = async (line, variables = {}) => {
    let out = '';
    const keep = (part: string | Uint8Array): void => {
      out += typeof part === 'string' ? part : Buffer.from(part).toString('utf8');
    };
    const world = { cwd: project.folder, env: { ...env, ...variables }, out: keep, err: keep };
    const code = await runProgram(createTestContext(world).context, line.split(' ')).catch((thrown: unknown) => {
      keep(`${formatErrorLines(toErrorFacts(thrown))}\n`);
      return 1;
    });
    return { code, out };
  };
  return {
    ...project,
    repositories,
    open,
    guarded,
    base: baseImage,
    run,
    read: async (line) => {
      const { code, out } = await run(`${line} --json`);
      if (code !== 0) throw new Error(out);
      return JSON.parse(out);
    },
    clear: async (...datakits) => {
      rmSync(project.folder, { recursive: true, force: true });
      const places = [`${open}/v2/${repositories}/local`, `${open}/v2/${repositories}/int`];
      const guardedPlaces = ['qa', 'prod'].map((name) => `${guarded}/v2/${repositories}/${name}`);
      for (const name of datakits)
        for (const place of [...places, ...guardedPlaces]) await deleteAll(`http://${place}/datakits/${name}`, auth);
    },
  };
}

/** What an engine pulled of its images. */
export function removePulled({ repositories }: Pick<ImageProject, 'repositories'>): void {
  const words = ['image', 'ls', '--digests', '--no-trunc', '--format', '{{.Repository}} {{.ID}}'];
  const listed = execFileSync('docker', words, { encoding: 'utf8' }).split('\n');
  const ids = listed.filter((line) => line.includes(`/${repositories}/`)).map((line) => line.split(' ')[1] ?? '');
  if (ids.length > 0) execFileSync('docker', ['image', 'rm', '--force', ...new Set(ids)], { stdio: 'ignore' });
}

const ACCEPT = 'application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';

async function deleteAll(repository: string, auth: string): Promise<void> {
  const headers = { authorization: `Basic ${auth}`, accept: ACCEPT };
  const listed = await (await fetch(`${repository}/tags/list`, { headers })).text();
  const tags: readonly string[] = /"tags":\[(.*?)\]/.exec(listed)?.[1]?.match(/[^",]+/g) ?? [];
  for (const tag of tags) {
    const { headers: found } = await fetch(`${repository}/manifests/${tag}`, { method: 'HEAD', headers });
    await fetch(`${repository}/manifests/${found.get('docker-content-digest')}`, { method: 'DELETE', headers });
  }
}
