// The local stack in containers: registry, server, agent, warehouse and mock source on one network, each a container.
import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '@towpath/api';
import type { Project } from '@towpath/config';
import { createDockerEngine, type DockerEngine } from '@towpath/oci';
import type { ImageAccess } from '../datakit/image-access.ts';
import { takeInstanceLock } from '../dev/instance-lock.ts';
import { issueLocalCredentials } from '../dev/issue-local-credentials.ts';
import { applyLocal } from '../dev/local-environment.ts';
import { ensureCredentials } from '../embedded-postgres/credentials.ts';
import { formatStateUrl } from '../embedded-postgres/databases.ts';
import { findEvidenceFolder, pickEvidenceVariables } from '../evidence/evidence-surroundings.ts';
import { type InstanceRecord, removeInstance, writeInstance } from '../instance/instance-record.ts';
import { awaitPart } from './await-part.ts';
import { choosePorts, type PreferredPorts } from './choose-ports.ts';
import { type StackPlace, toNetworkName } from './container-spec.ts';
import { findEngine, type StackEngine } from './find-engine.ts';
import { type ConfigOf, EVIDENCE_FOLDER, type PartConfig, PORTS } from './part-config.ts';
import { buildStackImages, loadPlatformImage, publishStackImages } from './provide-stack-images.ts';
import { ensureNetwork, isPortTaken, removeStack, startPart } from './stack-engine.ts';
import { ensureStackId } from './stack-id.ts';

/** How a stack is started. */
export interface StackOptions {
  readonly project: Project;
  readonly stateFolder: string;
  readonly ports: PreferredPorts;
  /** What images are built upon. */
  readonly base: string;
  readonly access: ImageAccess;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly maxAttempts?: number | undefined;
  readonly retentionDays?: number | undefined;
  readonly isAgainstShared: boolean;
  readonly notify: (line: string) => void;
}

/** A stack that runs. */
export interface RunningStack {
  readonly record: InstanceRecord;
  readonly client: Client;
  readonly consoleLink: string;
  readonly busyPorts: readonly string[];
}

/** Returns when all parts answer and the agent has its session. When one fails, what was started is removed; data stays. @throws TowpathError `INSTANCE_LOCKED`, `STACK_…`, `ENGINE_…`, and what building images throws */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const found = await findEngine(options.variables);
  const engine = createDockerEngine(found.address);
  mkdirSync(options.stateFolder, { recursive: true, mode: 0o700 });
  // Two starts at once would remove each other's containers.
  const release = takeInstanceLock(options.stateFolder);
  try {
    const id = ensureStackId(options.stateFolder);
    return await startAgain(options, { found, engine, id });
  } finally {
    release();
  }
}

interface Engine {
  readonly found: StackEngine;
  readonly engine: DockerEngine;
  readonly id: string;
}

/** Another program, or another stack that starts now, may take a port between our look and the engine's. */
const TRIES = 3;

async function startAgain(options: StackOptions, engine: Engine): Promise<RunningStack> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await removeStack(engine.engine, engine.id, { hasVolumes: false });
      return await startAll(options, engine);
    } catch (thrown) {
      if (left === 1 || !isPortTaken(thrown)) throw thrown;
      options.notify('a port was taken meanwhile: once more with others …');
    }
  }
}

async function startAll(options: StackOptions, engine: Engine): Promise<RunningStack> {
  try {
    return await startParts(options, engine);
  } catch (thrown) {
    removeInstance(options.stateFolder);
    await removeStack(engine.engine, engine.id, { hasVolumes: false });
    throw thrown;
  }
}

async function startParts(options: StackOptions, { found, engine, id }: Engine): Promise<RunningStack> {
  const { project, access, notify } = options;
  const provide = await buildStackImages(options, found);
  const image = await loadPlatformImage(provide);
  const { ports, busy } = await choosePorts(options.ports);
  const stateFolder = realpathSync(options.stateFolder);
  const evidenceFolder = findEvidenceFolder(options.variables);
  const own = { id, network: toNetworkName(id), stateFolder, projectFolder: project.folder, evidenceFolder };
  const place: StackPlace = { ...own, image, socket: found.socket, ports };
  const writePassword = randomBytes(24).toString('base64url');
  await ensureNetwork(engine, place);
  const start = async (config: PartConfig): Promise<void> => {
    notify(`starting ${config.part} …`);
    const container = await startPart(engine, place, config);
    await awaitPart(engine, { container, config, ports, signal: access.signal });
  };
  const credentials = await ensureCredentials(await postgresFolder(options.stateFolder), false);
  await start({ part: 'registry', writePassword });
  await publishStackImages(provide, { address: `localhost:${ports.registry}`, writePassword });
  await start({ part: 'postgres', credentials });
  await start({ part: 'mock' });
  await start(describeServer(options, formatStateUrl(PORTS.postgres, credentials, 'postgres'), ports.console));
  const stateUrl = formatStateUrl(ports.postgres, credentials);
  return await startWithAgent(options, { place, stateUrl, start, busy, writePassword });
}

/** Where `dev` keeps them, too: commands find the state's password there. */
async function postgresFolder(stateFolder: string): Promise<string> {
  const folder = join(stateFolder, 'postgres');
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return folder;
}

interface ServerStarted {
  readonly place: StackPlace;
  readonly stateUrl: string;
  readonly start: (config: PartConfig) => Promise<void>;
  readonly busy: readonly string[];
  readonly writePassword: string;
}

async function startWithAgent(
  options: StackOptions,
  { place, stateUrl, start, busy, writePassword }: ServerStarted,
): Promise<RunningStack> {
  const { ports } = place;
  const credentials = await issueLocalCredentials(stateUrl);
  const url = `http://127.0.0.1:${ports.console}`;
  const headers = { authorization: `Bearer ${credentials.token}` };
  const client = createClient({ baseUrl: url, headers: () => headers });
  await applyLocal(client, options.project);
  await start(describeAgent(options, place, credentials.agentToken));
  const record: InstanceRecord = {
    mode: 'containers',
    stack: place.id,
    url,
    token: credentials.token,
    warehouse: { host: 'localhost', port: ports.postgres, database: 'bronze', user: 'bronze_user' },
    mock: { host: '127.0.0.1', port: ports.mock },
    registry: `localhost:${ports.registry}`,
    registryPassword: writePassword,
    warehouses: [],
    projectFolder: options.project.folder,
  };
  writeInstance(options.stateFolder, record);
  return { record, client, consoleLink: `${url}/open#${credentials.link}`, busyPorts: busy };
}

function describeServer(
  { retentionDays, variables }: StackOptions,
  databaseUrl: string,
  port: number,
): ConfigOf<'server'> {
  const evidenceVariables = pickEvidenceVariables(variables, EVIDENCE_FOLDER);
  return {
    part: 'server',
    databaseUrl,
    port,
    evidenceVariables,
    ...(retentionDays !== undefined && { retentionDays }),
  };
}

/** Of the person's shell only what the project declares: the rest is none of a task's business. */
function describeAgent(options: StackOptions, { network, ports }: StackPlace, token: string): ConfigOf<'agent'> {
  const { project, variables, maxAttempts, isAgainstShared } = options;
  const declared = [...project.declaration.variables.keys()];
  const processVariables = Object.fromEntries(
    declared.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])),
  );
  return {
    part: 'agent',
    serverUrl: `http://server:${ports.console}`,
    token,
    processVariables,
    registry: `localhost:${ports.registry}`,
    network,
    isAgainstShared,
    ...(maxAttempts !== undefined && { maxAttempts }),
  };
}
