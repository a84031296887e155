// A server and agents as processes of their own, on a database that a test gives, to be killed in every way.
import { join } from 'node:path';
import type { AgentEnvironment, AgentOptions, AllowedContradictions } from '@towpath/agent';
import { type Client, SetPool } from '@towpath/api';
import { openAdmin } from '@towpath/server';
import { waitFor } from '@towpath/testkit';
import { addFaultPipelines, NARROW_POOL } from './fault-pipelines.ts';
import { createTestClient } from './instance.ts';
import { createRigProcess, type RigProcess } from './rig-process.ts';
import type { TestProject } from './test-project.ts';

export interface FaultRigOptions {
  readonly project: TestProject;
  /** Migrated. */
  readonly databaseUrl: string;
  readonly agents: readonly string[];
  /** Default 2: silence is noticed within a test, and a busy machine still renews in time. */
  readonly leaseSeconds?: number;
  /** Default 5. */
  readonly lostAfterSeconds?: number;
  /** Port of a proxy on loopback that agents call instead of the server itself. */
  readonly frontPort?: number;
  /** Told of each server that listens. */
  readonly onServer?: (port: number) => void;
  /** Modules loaded into agents before the program. */
  readonly agentPreload?: readonly string[];
  readonly agentEnv?: Readonly<Record<string, string>>;
  /** Of the agents; default: processes. */
  readonly executor?: AgentOptions['executor'];
  /** Sinks and targets of the agents. */
  readonly environment?: AgentEnvironment;
  /** Each start of an agent has something to tell the audit then. */
  readonly allowedContradictions?: AllowedContradictions;
}

export interface FaultRig {
  readonly client: Client;
  readonly serverUrl: string;
  readonly server: RigProcess;
  /** Starts another server on the same database, on a port of its own. */
  addServer(): Promise<{ process: RigProcess; url: string }>;
  readonly agents: readonly RigProcess[];
  /** The only agent, or the first. */
  readonly agent: RigProcess;
  /** Folder of an agent's attempts. */
  attemptsFolder(agent: string): string;
  /** Folder of an agent's state. */
  stateFolder(agent: string): string;
  /** Asks until it is answered, through any number of deaths of the server. */
  ask<T>(what: string, act: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Long enough for a server that is started again on a busy machine. */
const ASK_DEADLINE_MS = 60_000;

/** Starts server and agents; they are ready, and the pipelines registered. What can't be started leaves nothing behind. */
export async function startFaultRig(options: FaultRigOptions): Promise<FaultRig> {
  const datakitFolder = addFaultPipelines(options.project);
  const tokens = await issueTokens(options);
  const first = await startServerProcess(options, 'server');
  const rig = createRig(options, { first, datakitFolder, ...tokens });
  try {
    await rig.client.call(SetPool, {
      params: { environment: 'local', name: NARROW_POOL.name },
      body: { slots: NARROW_POOL.slots },
    });
    for (const agent of rig.agents) await agent.start();
    return rig;
  } catch (thrown) {
    await rig.close();
    throw thrown;
  }
}

interface RigParts {
  readonly first: { readonly process: RigProcess; readonly url: string };
  readonly datakitFolder: string;
  readonly token: string;
  readonly agentTokens: readonly string[];
}

function createRig(options: FaultRigOptions, parts: RigParts): FaultRig {
  const { project } = options;
  const { first, datakitFolder, token, agentTokens } = parts;
  const servers = [first];
  const { process: server, url: serverUrl } = first;
  const client = createTestClient(serverUrl, token);
  const agentServerUrl = options.frontPort === undefined ? serverUrl : `http://127.0.0.1:${options.frontPort}`;
  const stateFolder = (agent: string): string => join(project.stateFolder, agent);
  const agents = options.agents.map((name, index) =>
    createRigProcess({
      main: new URL('./agent-main.ts', import.meta.url),
      options: () => ({
        serverUrl: agentServerUrl,
        token: agentTokens[index],
        name,
        stateFolder: stateFolder(name),
        projectFolder: project.folder,
        datakitFolders: [datakitFolder],
        environmentVariables: {},
        maxAttempts: 3,
        // What is left is looked at after each fault.
        calmMs: 200,
        version: '0.0.0-test',
        executor: options.executor,
        environment: options.environment,
        allowedContradictions: options.allowedContradictions,
      }),
      ready: /agent ready/,
      cwd: project.folder,
      armedPath: join(project.folder, '.faults', name),
      ...(options.agentPreload && { preload: options.agentPreload }),
      ...(options.agentEnv && { env: options.agentEnv }),
    }),
  );
  const [agent] = agents;
  if (!agent) throw new Error('a rig needs an agent');
  return {
    client,
    serverUrl,
    server,
    agents,
    agent,
    addServer: async () => {
      const added = await startServerProcess(options, `server-${servers.length + 1}`);
      servers.push(added);
      return added;
    },
    stateFolder,
    attemptsFolder: (name) => join(stateFolder(name), 'attempts'),
    ask: (what, act) => askAgain(what, act),
    close: async () => {
      for (const process of [...agents, ...servers.map((one) => one.process)]) await process.destroy();
    },
  };
}

/** Later starts listen on the port of the first one. */
async function startServerProcess(
  { project, databaseUrl, leaseSeconds = 2, lostAfterSeconds = 5, frontPort, onServer }: FaultRigOptions,
  name: string,
): Promise<{ process: RigProcess; url: string }> {
  let port = 0;
  const allowedHosts = frontPort === undefined ? [] : [`127.0.0.1:${frontPort}`];
  const process = createRigProcess({
    main: new URL('./server-main.ts', import.meta.url),
    options: () => ({ databaseUrl, port, leaseSeconds, lostAfterSeconds, allowedHosts }),
    ready: /server listens on (\S+)/,
    cwd: project.folder,
    armedPath: join(project.folder, '.faults', name),
  });
  const [, url = ''] = await process.start();
  port = Number(new URL(url).port);
  onServer?.(port);
  return { process, url };
}

async function askAgain<T>(what: string, act: () => Promise<T>): Promise<T> {
  const { value } = await waitFor(what, ASK_DEADLINE_MS, async () => ({ value: await act() }));
  return value;
}

async function issueTokens({
  databaseUrl,
  agents,
}: FaultRigOptions): Promise<{ token: string; agentTokens: readonly string[] }> {
  const admin = await openAdmin(databaseUrl);
  try {
    await admin.ensureEnvironment({ name: 'local', kind: 'local', position: 0 });
    const agentTokens: string[] = [];
    for (const agent of agents) agentTokens.push(await admin.issueAgentCredential({ environment: 'local', agent }));
    return { agentTokens, token: await admin.issueAccessToken({ name: 'test', role: 'administrator' }) };
  } finally {
    await admin.close();
  }
}
