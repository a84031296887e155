// Credentials of private registries, from where `docker login` leaves them: config.json, or a credential helper it names.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

export interface RegistryCredentials {
  readonly username: string;
  readonly password: string;
}

/** Finds the credentials for a registry (`host[:port]`); undefined when there are none. */
export type FindCredentials = (registry: string) => Promise<RegistryCredentials | undefined>;

const ConfigFile = z.object({
  auths: z.record(z.string(), z.object({ auth: z.string().optional() })).default({}),
  credsStore: z.string().optional(),
  credHelpers: z.record(z.string(), z.string()).default({}),
});

/** Reads `config.json` of this folder each time: logins come and go while an agent runs. */
export function readDockerCredentials(configFolder: string): FindCredentials {
  return async (registry) => {
    const config = await readConfig(join(configFolder, 'config.json'));
    if (config === undefined) return undefined;
    const keys = toKeys(registry);
    const helper = keys.map((key) => config.credHelpers[key]).find(Boolean) ?? config.credsStore;
    const kept = keys.map((key) => parseAuth(config.auths[key]?.auth)).find(Boolean);
    return kept ?? (helper ? await askHelper(helper, keys[0] ?? registry) : undefined);
  };
}

/** Docker's own hub is kept under an address of its first API; others under their name, by some tools with a scheme. */
function toKeys(registry: string): readonly string[] {
  return registry === 'docker.io' ? ['https://index.docker.io/v1/'] : [registry, `https://${registry}`];
}

async function readConfig(path: string): Promise<z.infer<typeof ConfigFile> | undefined> {
  try {
    return ConfigFile.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    // No file, no logins. One that can't be read is found out by the registry's refusal.
    return undefined;
  }
}

function parseAuth(auth: string | undefined): RegistryCredentials | undefined {
  const [username, ...rest] = Buffer.from(auth ?? '', 'base64')
    .toString('utf8')
    .split(':');
  return username && rest.length > 0 ? { username, password: rest.join(':') } : undefined;
}

const HELPER_TIMEOUT_MS = 10_000;

const HelperReply = z.object({ Username: z.string(), Secret: z.string() });

/** https://github.com/docker/docker-credential-helpers: the registry on standard input, JSON on standard output. */
async function askHelper(helper: string, registry: string): Promise<RegistryCredentials | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined;
  const running = promisify(execFile)(`docker-credential-${helper}`, ['get'], { timeout: HELPER_TIMEOUT_MS });
  running.child.stdin?.end(registry);
  try {
    const reply = HelperReply.parse(JSON.parse((await running).stdout));
    return { username: reply.Username, password: reply.Secret };
  } catch {
    // It has none for this registry, or is not installed: the registry says whether any are needed.
    return undefined;
  }
}
