import type { ReleasedDatakit } from '@towpath/core';
import { expect, test } from 'vitest';
import type { ExecutorSetup } from '../executors/executor-setup.ts';
import { requireImages } from './require-images.ts';

type Kind = ExecutorSetup['images']['kind'];

/** Asks a registry where nobody listens; returns what is said to the log. */
async function ask(kind: Kind, datakit: ReleasedDatakit, name: ExecutorSetup['name'] = 'kubernetes') {
  const lines: string[] = [];
  const executor: ExecutorSetup = {
    ...{ name, decidedBy: 'a test', isDeclared: true },
    images: { registry: 'localhost:1', runnerImage: undefined, environment: 'e', floatingTags: [], kind },
    docker: { configFolder: '/nonexistent' },
    kubernetes: { access: { kind: 'kubeconfig', path: '/nonexistent' }, namespace: 'n' },
  };
  const { signal } = new AbortController();
  await requireImages([datakit], { executor, signal, log: (line) => void lines.push(line) });
  return lines;
}

const KIT = { name: 'kit', version: '1.0.0' };

test('A17 production takes no release that leaves open what an image is; others say so', async () => {
  await expect(ask('production', KIT)).rejects.toMatchObject({ code: 'RELEASE_IMAGE_UNKNOWN' });
  expect(await ask('shared', KIT)).toEqual([expect.stringContaining('names no image of kit 1.0.0 by digest')]);
  expect(await ask('shared', KIT, 'process')).toEqual([]);
});

test('a registry that can not be asked is said, and no reason against the release', async () => {
  const lines = await ask('production', { ...KIT, digest: `sha256:${'a'.repeat(64)}` });
  expect(lines).toEqual([expect.stringContaining('could not be found out: REGISTRY_UNREACHABLE')]);
});
