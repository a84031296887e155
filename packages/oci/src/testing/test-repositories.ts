// Repositories of one test, on the real registries, taken away at its end.
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { requireRegistry } from '@towpath/testkit';
import { ACCEPTED } from '../manifest.ts';
import type { FindCredentials } from '../registry-credentials.ts';

export interface TestRepositories {
  readonly open: string;
  readonly guarded: string;
  /** `datakit-test-<random>`: what each repository of the test begins with. */
  readonly folder: string;
  /** Knows the login of the guarded one. */
  readonly findCredentials: FindCredentials;
  /** Deletes what the repositories of this name hold in both. */
  remove(...names: readonly string[]): Promise<void>;
}

/** Skips the test whose `context` this is where there are no registries. @throws TowpathError `TEST_PART_MISSING` */
export function createTestRepositories(context: { skip(note?: string): never }): TestRepositories {
  const { open, guarded, username, password } = requireRegistry(context);
  const folder = `datakit-test-${randomUUID().slice(0, 8)}`;
  const findCredentials: FindCredentials = async (registry) =>
    registry === guarded ? { username, password } : undefined;
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const ask = (registry: string, path: string, method = 'GET') => send({ registry, path, method, authorization });
  const removeFrom = async (registry: string, name: string): Promise<void> => {
    const { body } = await ask(registry, `${folder}/${name}/tags/list`);
    const tags: readonly string[] = /"tags":\[(.*?)\]/.exec(body)?.[1]?.match(/[^",]+/g) ?? [];
    for (const tag of tags) {
      const { digest } = await ask(registry, `${folder}/${name}/manifests/${tag}`, 'HEAD');
      await ask(registry, `${folder}/${name}/manifests/${digest}`, 'DELETE');
    }
  };
  return {
    open,
    guarded,
    folder,
    findCredentials,
    remove: async (...names) => {
      for (const name of names) for (const registry of [open, guarded]) await removeFrom(registry, name);
    },
  };
}

interface Asked {
  readonly registry: string;
  readonly path: string;
  readonly method: string;
  readonly authorization: string;
}

/** Not the client under test. */
function send({ registry, path, method, authorization }: Asked): Promise<{ body: string; digest: string }> {
  return new Promise((resolve, reject) => {
    const url = `http://${registry}/v2/${path}`;
    const sent = request(url, { method, headers: { authorization, accept: ACCEPTED } }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ body, digest: String(response.headers['docker-content-digest']) }));
    });
    sent.once('error', reject).end();
  });
}
