// One datakit, several warehouses: its image reads the source once for all of them; who is pinned to a version stays with it.
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type AgentOptions, startAgent, type TowpathAgent } from '@towpath/agent';
import { type DatakitCell, ListDatakits, StartRun } from '@towpath/api';
import { createTestDatabase, requireDocker, type TestDatabase } from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { createImageProject, type ImageProject, removePulled } from './support/image-project.ts';
import { readWholeLog, waitForRunEnd } from './support/instance.ts';

vi.setConfig({ testTimeout: 120_000 });

const WAREHOUSES = ['finance', 'marketing'] as const;
type Warehouse = (typeof WAREHOUSES)[number];

let plane: ControlPlane;
let project: ImageProject;
let source: TestDatabase;
let warehouses: Map<string, TestDatabase>;
let agent: TowpathAgent | undefined;

beforeEach(async (context) => {
  const { reason } = requireDocker();
  if (reason !== undefined) context.skip(reason);
  project = createImageProject(context);
  plane = await startControlPlane();
  source = await createTestDatabase({ template: 'empty' });
  warehouses = new Map();
  for (const name of WAREHOUSES) warehouses.set(name, await createTestDatabase({ template: 'empty' }));
});

afterEach(async () => {
  await agent?.close({ cancelRunning: true });
  agent = undefined;
  await plane.close();
  for (const database of [source, ...warehouses.values()]) await database.drop();
  removePulled(project);
  await project.clear('customers');
});

/** The one place that names columns of the source. */
const writeSchema = (columns: readonly string[]): void =>
  project.write('datakits/customers/src/schema.ts', `export const COLUMNS = ${JSON.stringify(columns)};\n`);

/** Replaces the table of the warehouse whose address is in `<NAME>_URL`. */
const MAIN = `import pg from 'pg';
import { COLUMNS } from './schema.ts';

const warehouse = process.argv[2] ?? '';
const connect = async (name: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString: process.env[\`\${name.toUpperCase()}_URL\`] });
  await client.connect();
  return client;
};
const [from, to] = [await connect('source'), await connect(warehouse)];
const { rows } = await from.query(\`select \${COLUMNS.join(', ')} from customers\`);
await to.query('begin');
await to.query('drop table if exists customers');
await to.query(\`create table customers (\${COLUMNS.map((column) => \`\${column} text\`).join(', ')})\`);
for (const row of rows)
  await to.query(\`insert into customers values (\${COLUMNS.map((_, at) => \`$\${at + 1}\`).join(', ')})\`, COLUMNS.map((column) => row[column]));
await to.query('commit');
await Promise.all([from.end(), to.end()]);
console.log(\`\${rows.length} rows of \${COLUMNS.join(', ')} into \${warehouse}\`);
`;

const formatManifest = (version: string): string => `name: customers
version: ${version}
kind: bronze
commands: [customers]
environment: [{ name: SOURCE_URL, required: true }, { name: FINANCE_URL }, { name: MARKETING_URL }]
image: { files: [package.json], bundle: { dist/main.js: src/main.ts }, entry: node }
`;

function writeDatakit(): void {
  project.write('datakits/customers/package.json', '{ "private": true, "type": "module" }\n');
  project.write('datakits/customers/src/main.ts', MAIN);
  project.write('datakits/customers/bin/customers', "#!/usr/bin/env node\nimport '../dist/main.js';\n", 0o755);
  const modules = join(project.folder, 'node_modules');
  mkdirSync(modules, { recursive: true });
  symlinkSync(dirname(dirname(createRequire(import.meta.url).resolve('pg'))), join(modules, 'pg'));
}

/** The only manifest of a version that a host needs once its image is published. */
const keepManifest = (version: string): void => {
  project.write(`kept/customers-${version}/datakit.yaml`, formatManifest(version));
  project.write(`kept/customers-${version}/bin/customers`, '#!/bin/sh\n', 0o755);
};

async function publish(version: string): Promise<unknown> {
  project.write('datakits/customers/datakit.yaml', formatManifest(version));
  keepManifest(version);
  return (await project.read(`datakit publish datakits/customers --base ${project.base} --environment local`)).digest;
}

/** Each warehouse has its pipeline, which names the version it wants. */
const pin = (warehouse: Warehouse, version: string): void =>
  project.write(
    `pipelines/${warehouse}.ts`,
    `import { datakitTask, definePipeline } from 'towpath';
export default definePipeline({
  name: '${warehouse}',
  tasks: [datakitTask({ id: 'load', datakit: 'customers', version: '${version}', command: ['customers', '${warehouse}'] })],
});
`,
  );

async function restartAgent(versions: readonly string[]): Promise<void> {
  await agent?.close({ cancelRunning: true });
  const docker = requireDocker();
  const registry = `${project.open}/${project.repositories}/local`;
  const executor: AgentOptions['executor'] = {
    name: 'docker',
    decidedBy: 'a test',
    isDeclared: true,
    images: { registry, runnerImage: undefined, floatingTags: [], environment: 'local', kind: 'local' },
    // The databases of tests listen on this machine alone.
    docker: { host: docker.host, configFolder: '/nonexistent', network: 'host' },
    kubernetes: { access: { kind: 'kubeconfig', path: '/nonexistent' }, namespace: 'default' },
  };
  agent = await startAgent({
    serverUrl: plane.url,
    token: plane.agentToken,
    name: 'one',
    stateFolder: join(project.stateFolder, 'agent'),
    projectFolder: project.folder,
    datakitFolders: versions.map((version) => join(project.folder, `kept/customers-${version}`)),
    environmentVariables: {
      SOURCE_URL: source.url,
      FINANCE_URL: warehouses.get('finance')?.url ?? '',
      MARKETING_URL: warehouses.get('marketing')?.url ?? '',
    },
    version: '0.1.0',
    executor,
    log: () => undefined,
  });
}

/** Loads it; the digest of the image that ran. */
async function load(warehouse: Warehouse): Promise<string | null | undefined> {
  const { id } = await plane.client.call(StartRun, { body: { pipeline: warehouse, environment: 'local' } });
  const [attempt] = (await waitForRunEnd(plane.client, id)).tasks[0]?.attempts ?? [];
  expect(attempt?.state, await readWholeLog(plane.client, attempt?.id ?? '')).toBe('succeeded');
  return attempt?.execution?.image?.digest;
}

async function query(database: TestDatabase | undefined, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client(database?.url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(sql);
  await client.end();
  return rows;
}

const read = (warehouse: Warehouse) => query(warehouses.get(warehouse), 'select * from customers order by id');
const findCell = async (): Promise<DatakitCell | undefined> =>
  (await plane.client.call(ListDatakits, { query: { name: 'customers' } })).datakits[0]?.environments[0];

test('A18 one version of a datakit feeds two warehouses; a changed source is edited once; who is pinned does not move', async () => {
  await query(source, "create table customers (id text, name text); insert into customers values ('1', 'Ada')");
  writeDatakit();
  writeSchema(['id', 'name']);
  const first = await publish('1.0.0');
  for (const warehouse of WAREHOUSES) pin(warehouse, '1.0.0');
  await restartAgent(['1.0.0']);
  // The same bytes for both.
  expect([await load('finance'), await load('marketing')]).toEqual([first, first]);
  for (const warehouse of WAREHOUSES) expect(await read(warehouse)).toEqual([{ id: '1', name: 'Ada' }]);

  await query(source, "alter table customers add column email text; update customers set email = 'ada@example.com'");
  const main = readFileSync(join(project.folder, 'datakits/customers/src/main.ts'), 'utf8');
  writeSchema(['id', 'name', 'email']);
  const second = await publish('1.1.0');
  expect(readFileSync(join(project.folder, 'datakits/customers/src/main.ts'), 'utf8')).toBe(main);
  expect(second).not.toBe(first);
  pin('finance', '1.1.0');
  await restartAgent(['1.0.0', '1.1.0']);
  expect([await load('finance'), await load('marketing')]).toEqual([second, first]);
  expect(await read('finance')).toEqual([{ id: '1', name: 'Ada', email: 'ada@example.com' }]);
  expect(await read('marketing')).toEqual([{ id: '1', name: 'Ada' }]);
  // That a newer one is there is no drift of who stays with the older.
  expect(await findCell()).toMatchObject({
    named: ['1.0.0', '1.1.0'],
    alerts: [],
    lastRun: { image: { digest: first } },
  });
});
