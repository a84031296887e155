// A project under Git, a server, and an agent of `int` and one of `prod`, each a process of its own; people of every role. The
// agent of prod has no code of its own: what it runs came by a release.
import { join } from 'node:path';
import type { AgentOptions } from '@towpath/agent';
import type { Client } from '@towpath/api';
import { migrate, openAdmin } from '@towpath/server';
import { assertNoOrphans, createTestDatabase, type TestDatabase } from '@towpath/testkit';
import { type GitHistory, openGitHistory } from './git-history.ts';
import { createTestClient } from './instance.ts';
import { createRigProcess, type RigProcess } from './rig-process.ts';
import { createTestProject, type TestProject } from './test-project.ts';

/** People by name. `rita` asks, `anna` makes releases, the others sign. */
const PEOPLE = {
  anna: 'engineer',
  erin: 'engineer',
  bo: 'business',
  rita: 'release-manager',
  rob: 'release-manager',
  ada: 'administrator',
  vera: 'vp',
  otto: 'on-call',
} as const;

export type Person = keyof typeof PEOPLE;

/** Who runs attempts; default: processes, and the agent of prod has nothing but what a release brings. */
export interface PromotionRigOptions {
  /** Asked at each start of an agent. */
  readonly executorOf?: (environment: 'int' | 'prod') => AgentOptions['executor'];
  /** Asked at each start of an agent. */
  readonly deployOf?: (environment: 'int' | 'prod') => AgentOptions['deploy'];
  /** In the project, for both agents. */
  readonly datakitFolder?: string;
}

export interface PromotionRig {
  readonly project: TestProject;
  readonly git: GitHistory;
  readonly databaseUrl: string;
  readonly serverUrl: string;
  readonly server: RigProcess;
  readonly int: RigProcess;
  readonly prod: RigProcess;
  readonly tokens: Readonly<Record<Person, string>>;
  clientOf(person: Person): Client;
  /** Starts another server on the same database. */
  addServer(): Promise<void>;
  /** Writes code and changelog entry of a version, and commits them. */
  commitVersion(version: string): void;
  close(): Promise<void>;
}

/**
 * Starts all of it. Both environments are of kind `shared`, since on one machine agents run processes, which production refuses;
 * a policy makes prod as strict.
 */
export async function startPromotionRig(
  name: string,
  { executorOf = () => undefined, deployOf = () => undefined, datakitFolder }: PromotionRigOptions = {},
): Promise<PromotionRig> {
  const database = await createTestDatabase({ template: 'state', migrate });
  const project = createTestProject(name);
  const bare = createTestProject(`${name}-prod`);
  project.write('.gitignore', 'node_modules\n.towpath\n.faults\n');
  const git = openGitHistory(project.folder);
  const { tokens, agentTokens } = await issueTokens(database.url);
  const server = createServerProcess(project, database, 'server');
  const [, serverUrl = ''] = await server.process.start();
  server.setPort(Number(new URL(serverUrl).port));
  const createAgent = (environment: 'int' | 'prod', { folder }: TestProject): RigProcess =>
    createRigProcess({
      main: new URL('./agent-main.ts', import.meta.url),
      options: () => ({
        serverUrl,
        token: agentTokens[environment],
        name: environment,
        stateFolder: join(project.stateFolder, environment),
        projectFolder: folder,
        datakitFolders: datakitFolder === undefined ? [] : [join(project.folder, datakitFolder)],
        executor: executorOf(environment),
        deploy: deployOf(environment),
        environmentVariables: {},
        isAgainstShared: true,
        maxAttempts: 2,
        version: '0.0.0-test',
      }),
      ready: /agent ready/,
      cwd: folder,
      armedPath: join(project.folder, '.faults', environment),
    });
  const [int, prod] = [createAgent('int', project), createAgent('prod', bare)];
  const processes: RigProcess[] = [int, prod, server.process];
  return {
    ...{ project, git, databaseUrl: database.url, serverUrl, server: server.process, int, prod, tokens },
    clientOf: (person) => createTestClient(serverUrl, tokens[person]),
    addServer: async () => {
      const added = createServerProcess(project, database, `server-${processes.length}`);
      processes.push(added.process);
      await added.process.start();
    },
    commitVersion: (version) => {
      project.write('pipelines/daily.ts', formatPipeline(version));
      project.write('CHANGELOG.md', `# Changelog\n\n## ${version}\n\nSays ${version}.\n`);
      git.commitAll(version);
    },
    close: async () => {
      for (const process of processes) await process.destroy();
      await assertNoOrphans(project.folder);
      await database.drop();
      for (const one of [project, bare]) one.remove();
    },
  };
}

function formatPipeline(version: string): string {
  return `import { definePipeline, functionTask } from 'towpath';
export default definePipeline({
  name: 'daily',
  tasks: [functionTask({ id: 'say', idempotent: true, run: async () => { console.log('this is ${version}'); } })],
});
`;
}

/** Later starts listen on the port of the first one. */
function createServerProcess({ folder }: TestProject, { url: databaseUrl }: TestDatabase, name: string) {
  let port = 0;
  const process = createRigProcess({
    main: new URL('./server-main.ts', import.meta.url),
    options: () => ({ databaseUrl, port, leaseSeconds: 5 }),
    ready: /server listens on (\S+)/,
    cwd: folder,
    armedPath: join(folder, '.faults', name),
  });
  return {
    process,
    setPort: (first: number) => {
      port = first;
    },
  };
}

async function issueTokens(databaseUrl: string) {
  const admin = await openAdmin(databaseUrl);
  try {
    const agentTokens: Record<string, string> = {};
    for (const [at, environment] of ['int', 'prod'].entries()) {
      await admin.ensureEnvironment({ name: environment, kind: 'shared', position: at + 1 });
      agentTokens[environment] = await admin.issueAgentCredential({ environment, agent: environment });
    }
    const issued = Object.entries(PEOPLE).map(
      async ([name, role]) => [name, await admin.issueAccessToken({ name, role })] as const,
    );
    return { agentTokens, tokens: Object.fromEntries(await Promise.all(issued)) as Record<Person, string> };
  } finally {
    await admin.close();
  }
}
