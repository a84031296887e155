// The end of a local stack: runs are cancelled while its agent can end them, then everything of it is removed but its data.
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient, ListRuns } from '@towpath/api';
import { createDockerEngine } from '@towpath/oci';
import { cancelActiveRuns } from '../dev/cancel-active-runs.ts';
import { findInstance, removeInstance } from '../instance/instance-record.ts';
import { findEngine } from './find-engine.ts';
import { findStackOf, removeStack } from './stack-engine.ts';
import { findStackId } from './stack-id.ts';

/** An attempt has 10 s to end, then it is killed. */
const CANCEL_DEADLINE_MS = 30_000;
const LOOK_EVERY_MS = 200;

/** False: there was nothing. @throws TowpathError `ENGINE_UNREACHABLE` */
export async function stopStack(
  stateFolder: string,
  options: { readonly variables: Readonly<Record<string, string | undefined>>; readonly hasVolumes: boolean },
): Promise<boolean> {
  const { address } = await findEngine(options.variables);
  const engine = createDockerEngine(address);
  const id = findStackId(stateFolder) ?? (await findStackOf(engine, resolvePath(stateFolder)));
  if (id === undefined) return false;
  // A server that does not answer any more can cancel nothing; its attempts end with the network.
  await cancelRuns(stateFolder).catch(() => undefined);
  const { hasVolumes } = options;
  const isStopped = await removeStack(engine, id, { hasVolumes });
  removeInstance(stateFolder);
  return isStopped;
}

async function cancelRuns(stateFolder: string): Promise<void> {
  const instance = findInstance(stateFolder);
  if (instance === undefined) return;
  const headers = { authorization: `Bearer ${instance.token}` };
  const client = createClient({ baseUrl: instance.url, headers: () => headers });
  await cancelActiveRuns(client);
  const deadline = performance.now() + CANCEL_DEADLINE_MS;
  while (performance.now() < deadline) {
    const { runs } = await client.call(ListRuns, { query: { state: 'running', limit: 1 } });
    if (runs.length === 0) return;
    await pause(LOOK_EVERY_MS);
  }
}

/** As `up` has noted it, also where the folder is no more. */
function resolvePath(stateFolder: string): string {
  const parent = dirname(stateFolder);
  return existsSync(parent) ? join(realpathSync(parent), basename(stateFolder)) : stateFolder;
}
