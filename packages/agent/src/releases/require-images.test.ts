import type { ReleasedDatakit } from '@towpath/core';
import type { InstalledDatakit } from '@towpath/datakit';
import { expect, test } from 'vitest';
import type { ExecutorSetup } from '../executors/executor-setup.ts';
import { requireImages } from './require-images.ts';

type Kind = ExecutorSetup['images']['kind'];

/** Asks a registry where nobody listens; returns what is said to the log. */
async function ask(
  kind: Kind,
  datakit: ReleasedDatakit,
  {
    name = 'kubernetes',
    installed = [INSTALLED],
  }: { name?: ExecutorSetup['name']; installed?: InstalledDatakit[] } = {},
) {
  const lines: string[] = [];
  const executor: ExecutorSetup = {
    ...{ name, decidedBy: 'a test', isDeclared: true },
    images: { registry: 'localhost:1', runnerImage: undefined, environment: 'e', floatingTags: [], kind },
    docker: { configFolder: '/nonexistent' },
    kubernetes: { access: { kind: 'kubeconfig', path: '/nonexistent' }, namespace: 'n' },
  };
  const { signal } = new AbortController();
  const log = (line: string) => void lines.push(line);
  await requireImages([datakit], { executor, datakits: installed, signal, log });
  return lines;
}

const KIT = { name: 'kit', version: '1.0.0' };
const INSTALLED = { ...KIT, folder: '/k' } as InstalledDatakit;

test('A17 production takes no release that leaves open what an image is; others say so', async () => {
  await expect(ask('production', KIT)).rejects.toMatchObject({ code: 'RELEASE_IMAGE_UNKNOWN' });
  expect(await ask('shared', KIT)).toEqual([expect.stringContaining('names no image of kit 1.0.0 by digest')]);
  expect(await ask('shared', KIT, { name: 'process' })).toEqual([]);
});

test('a registry that can not be asked is said, and no reason against the release', async () => {
  const lines = await ask('production', { ...KIT, digest: `sha256:${'a'.repeat(64)}` });
  expect(lines).toEqual([expect.stringContaining('could not be found out: REGISTRY_UNREACHABLE')]);
});

test('a datakit that is not installed here is said with the release, not by the first run', async () => {
  const older = { ...INSTALLED, version: '0.9.0' };
  expect(await ask('shared', KIT, { name: 'process', installed: [older] })).toEqual([
    "kit 1.0.0 of the release is not installed here: its tasks don't start on this agent",
  ]);
});
