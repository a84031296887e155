// A datakit with a Dockerfile of its own: built by the docker program on a real engine, written again so that its digest is stable.
import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireDocker } from '@towpath/testkit';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createImageProject, type ImageProject } from './support/image-project.ts';

let project: ImageProject;
let mark: string;
const cache = mkdtempSync(join(tmpdir(), 'datakit-layers-'));
beforeEach((context) => {
  const { reason } = requireDocker();
  if (reason !== undefined) context.skip(reason);
  project = createImageProject(context);
  mark = randomUUID();
  writeKit('');
});
afterEach(async () => {
  forgetBuilds();
  await project.clear('kit');
});
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const docker = (...words: readonly string[]): string =>
  execFileSync('docker', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const run = (line: string) => project.run(line, { XDG_CACHE_HOME: cache });

function writeKit(instructions: string): void {
  project.write('datakits/kit/datakit.yaml', 'name: kit\nversion: 1.2.3\nkind: test\ncommands: [kit]\n');
  project.write('datakits/kit/bin/kit', '#!/bin/sh\ncat /opt/made/file\n', 0o755);
  project.write(
    'datakits/kit/Dockerfile',
    `ARG BASE=${project.base.replace(':node', ':shell')}
FROM \${BASE}
LABEL test=${mark}
COPY bin/ /opt/kit/bin/
RUN mkdir /opt/made && echo made >/opt/made/file && ln /opt/made/file /opt/made/other
ENV PATH=/opt/kit/bin:/usr/bin:/bin
${instructions}`,
  );
}

/** So that the next build makes every layer anew. */
function forgetBuilds(): void {
  const ids = docker('images', '--all', '--quiet', '--filter', `label=test=${mark}`).split('\n').filter(Boolean);
  // With an image go its untagged parents, which are then no longer there to be removed.
  if (ids.length > 0) spawnSync('docker', ['image', 'rm', '--force', ...new Set(ids)], { stdio: 'ignore' });
}

interface Built {
  readonly names: readonly string[];
  readonly digest: string;
  readonly base: string;
  readonly labels: object;
}

async function build(folder: string, rest = '--no-load'): Promise<Built> {
  const { code, out } = await run(`datakit build ${folder} --json ${rest}`.trim());
  expect(code, out).toBe(0);
  return JSON.parse(out);
}

test('A13 a Dockerfile gives the same digest in another folder, built anew, at another time', async () => {
  const first = await build('datakits/kit');
  expect(first.base).toMatch(/^localhost:\d+\/datakit\/base:shell@sha256:/);
  expect(first.labels).toMatchObject({ 'org.opencontainers.image.version': '1.2.3', test: mark });
  forgetBuilds();
  cpSync(join(project.folder, 'datakits/kit'), join(project.folder, 'other/kit'), { recursive: true });
  expect((await build('other/kit')).digest).toBe(first.digest);
});

test('A13 a Dockerfile image runs after it was written again, and is published with the layers of its base', async () => {
  const { names } = await build('datakits/kit', '');
  expect(docker('run', '--rm', '--network=none', 'datakits/kit:1.2.3', 'kit')).toBe('made');
  docker('image', 'rm', '--force', ...names);
  const { code, out } = await run('datakit publish datakits/kit --environment int');
  expect(code, out).toBe(0);
  const headers = {
    accept: 'application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json',
  };
  const read = async (path: string): Promise<string> =>
    await (await fetch(`http://${project.open}/v2/${path}`, { headers })).text();
  const lowestLayer = (manifest: string): string => JSON.parse(manifest).layers[0].digest;
  const base = await read('datakit/base/manifests/shell');
  const published = await read(`${project.repositories}/int/datakits/kit/manifests/1.2.3`);
  expect(lowestLayer(published)).toBe(lowestLayer(base));
});

test('A16 a Dockerfile whose version label is another than the manifest is refused', async () => {
  writeKit('LABEL org.opencontainers.image.version=9.9.9\n');
  const refused = await run('datakit publish datakits/kit --environment int');
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('DATAKIT_VERSION_CONFLICT') });
  expect(refused.out).toContain("the image's label says 9.9.9");
});

test('A13 a Dockerfile that fails says with which words', async () => {
  writeKit('RUN echo broken >&2; exit 3\n');
  const failed = await run('datakit build datakits/kit --no-load');
  expect(failed).toMatchObject({ code: 1, out: expect.stringContaining('DOCKERFILE_BUILD_FAILED') });
  expect(failed.out).toMatch(/returned a non-zero code: 3|exit code: 3/);
  expect(docker('ps', '--all', '--quiet', '--filter', `label=test=${mark}`)).toBe('');
});

test('A13 without the docker program, a Dockerfile is refused with what to do', async () => {
  const refused = await project.run('datakit build datakits/kit --no-load', { PATH: '/nowhere' });
  expect(refused).toMatchObject({ code: 1, out: expect.stringContaining('DOCKER_PROGRAM_MISSING') });
});
