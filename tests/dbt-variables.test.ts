// What an environment resolves reaches dbt, a Python program, a shell script and a function alike: the real dbt reads it by
// `env_var` in its profile and in a model, and writes what it saw into a real PostgreSQL.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetRun, type RunDetail, StartRun } from '@towpath/api';
import {
  assertNoOrphans,
  createTestDatabase,
  requirePart,
  type SpawnedProcess,
  type TestDatabase,
} from '@towpath/testkit';
import pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type ControlPlane, startControlPlane } from './support/control-plane.ts';
import { readWholeLog, spawnTowpath, waitForRunEnd } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

// The first start of dbt compiles a hundred modules of Python.
vi.setConfig({ testTimeout: 180_000 });

const TOKEN = "s3cret with ' and $";
/** What each of them reports, by the column of dbt's table. */
const NAMES = [
  'DBT_TARGET',
  'ENVIRONMENT',
  'TOWPATH_GOLD_ZONE',
  'TOWPATH_GOLD_DATABASE',
  'WAREHOUSE_DATABASE',
] as const;
const OTHERS = ['WAREHOUSE_HOST', 'WAREHOUSE_PORT', 'WAREHOUSE_USER', 'WAREHOUSE_PASSWORD', 'API_TOKEN'] as const;

let plane: ControlPlane;
let project: TestProject;
let warehouse: TestDatabase;
let client: pg.Client;
let agent: SpawnedProcess | undefined;
beforeEach(async () => {
  plane = await startControlPlane();
  project = createTestProject('dbt');
  warehouse = await createTestDatabase({ template: 'empty' });
  client = new pg.Client({ connectionString: warehouse.url });
  await client.connect();
});
afterEach(async () => {
  agent?.kill('SIGTERM');
  await agent?.waitForExit(20_000);
  agent = undefined;
  await client.end();
  await warehouse.drop();
  await plane.close();
  await assertNoOrphans(project.folder);
  project.remove();
});

const DBT_MODEL = `{{ config(materialized='table') }}
select '{{ target.name }}' as target_name, '{{ target.schema }}' as target_schema,
${NAMES.map((name) => `  '{{ env_var("${name}") }}' as "${name}",`).join('\n')}
  md5('{{ env_var("API_TOKEN") | replace("'", "''") }}') as token_md5
`;

/** As docs/reference/attempt-contract.md shows it. */
function readProfile(): string {
  const page = readFileSync(new URL('../docs/reference/attempt-contract.md', import.meta.url), 'utf8');
  return /```yaml\n(shop:\n[\s\S]*?)```/.exec(page)?.[1] ?? '';
}

const DBT_PROJECT = `name: shop
profile: shop
version: 1.0.0
config-version: 2
model-paths: [models]
flags: { send_anonymous_usage_stats: false, use_colors: false }
`;

const PYTHON = `import hashlib, json, os
seen = {name: os.environ[name] for name in ${JSON.stringify(NAMES)}}
seen['token_md5'] = hashlib.md5(os.environ['API_TOKEN'].encode()).hexdigest()
with open(os.environ['TOWPATH_RESULT'], 'w') as result:
    json.dump(seen, result)
`;

const SHELL = `#!/bin/sh
digest=$(printf %s "$API_TOKEN" | md5sum | cut -d ' ' -f 1)
printf '{${NAMES.map((name) => `"${name}":"%s",`).join('')}"token_md5":"%s"}' \\
  ${NAMES.map((name) => `"$${name}"`).join(' ')} "$digest" > "$TOWPATH_RESULT"
`;

const PIPELINE = `import { createHash } from 'node:crypto';
import { datakitTask, definePipeline, functionTask } from 'towpath';
const run = (id: string) => datakitTask({ id, datakit: id, version: '1.0.0', command: id });
export default definePipeline({
  name: 'shop',
  tasks: [
    run('dbt'), run('python'), run('shell'),
    functionTask({
      id: 'function',
      configuration: ${JSON.stringify([...NAMES, 'API_TOKEN'])},
      run: async ({ config }) => ({
        ...Object.fromEntries(${JSON.stringify(NAMES)}.map((name) => [name, config[name]])),
        token_md5: createHash('md5').update(config.API_TOKEN).digest('hex'),
      }),
    }),
  ],
});
`;

/** A datakit folder with one command of the same name. */
function addDatakit(name: string, script: string): void {
  const variables = [...NAMES, ...OTHERS].map(
    (one) => `  - { name: ${one}, required: true, description: as declared }`,
  );
  project.write(
    `datakits/${name}/datakit.yaml`,
    `name: ${name}
version: 1.0.0
kind: test
description: Reports what it is given
commands: [${name}]
executableFolder: bin
environment:
${variables.join('\n')}
`,
  );
  project.write(`datakits/${name}/bin/${name}`, script, 0o755);
}

function addDbt(python: string): void {
  const folder = join(project.folder, 'datakits/dbt');
  // Attempts have no PATH of the agent's, and dbt writes beside its project unless told otherwise.
  const words = `--project-dir '${folder}' --profiles-dir '${folder}' --target-path "$PWD/target" --log-path "$PWD/logs"`;
  addDatakit('dbt', `#!/bin/sh\nexec '${python}' -c 'from dbt.cli.main import cli; cli()' run ${words}\n`);
  project.write('datakits/dbt/dbt_project.yml', DBT_PROJECT);
  project.write('datakits/dbt/profiles.yml', readProfile());
  project.write('datakits/dbt/models/seen.sql', DBT_MODEL);
}

function declare(): void {
  // This PostgreSQL asks for a password (SCRAM): dbt gets in with the secret or not at all.
  const { host, port, user = '', password } = client;
  project.write(
    'towpath.yaml',
    `name: shop
variables:
  WAREHOUSE_HOST: { type: host, required: true }
  WAREHOUSE_PORT: { type: port, required: true }
  WAREHOUSE_USER: { required: true }
  WAREHOUSE_DATABASE: { required: true }
  WAREHOUSE_PASSWORD: { secret: true, required: true }
  API_TOKEN: { secret: true, required: true }
environments:
  local:
    kind: local
    dbtTarget: ci
    secrets: { provider: file, folder: secrets }
    values:
      WAREHOUSE_HOST: "${host}"
      WAREHOUSE_PORT: ${port}
      WAREHOUSE_USER: "${user}"
      WAREHOUSE_DATABASE: "${warehouse.name}"
      WAREHOUSE_PASSWORD: "secret://local/warehouse#password"
      API_TOKEN: "secret://local/api#token"
`,
  );
  project.write('config/.env.local', '');
  project.write('secrets/local/warehouse', JSON.stringify({ password }), 0o600);
  project.write('secrets/local/api', JSON.stringify({ token: TOKEN }), 0o600);
}

async function runPipeline(): Promise<RunDetail> {
  const own = { TOWPATH_SERVER: plane.url, TOWPATH_AGENT_TOKEN: plane.agentToken, ENVIRONMENT: 'local' };
  agent = await spawnTowpath(project, ['agent', '--state', join(project.folder, '.towpath/local')], own);
  await agent.waitForOutput(/pipelines loaded/, 60_000);
  const { id } = await plane.client.call(StartRun, { body: { pipeline: 'shop', environment: 'local' } });
  await waitForRunEnd(plane.client, id);
  return await plane.client.call(GetRun, { params: { runId: id } });
}

it('dbt, Python, shell and TypeScript get the same resolved variables, and the same secret', async (context) => {
  const { path: python } = requirePart('dbt', context);
  declare();
  addDbt(python);
  addDatakit('python', `#!/bin/sh\nexec '${python}' '${join(project.folder, 'seen.py')}'\n`);
  project.write('seen.py', PYTHON);
  addDatakit('shell', SHELL);
  project.write('pipelines/shop.ts', PIPELINE);
  const { state, tasks } = await runPipeline();
  const logs = await Promise.all(tasks.map(({ attempts }) => readWholeLog(plane.client, attempts[0]?.id ?? '')));
  expect(state, logs.join('\n')).toBe('succeeded');
  const { rows } = await client.query('select * from dbt_local.seen');
  const { target_name, target_schema, ...seen } = rows[0] ?? {};
  expect([target_name, target_schema]).toEqual(['ci', 'dbt_local']);
  expect(seen).toMatchObject({
    DBT_TARGET: 'ci',
    ENVIRONMENT: 'local',
    TOWPATH_GOLD_ZONE: 'local-gold-zone',
    TOWPATH_GOLD_DATABASE: 'gold_local',
    WAREHOUSE_DATABASE: warehouse.name,
    token_md5: createHash('md5').update(TOKEN).digest('hex'),
  });
  const others = tasks.filter(({ id }) => id !== 'dbt').map(({ attempts }) => attempts[0]?.result);
  expect(others).toEqual([seen, seen, seen]);
  expect(logs.join('\n')).not.toContain(TOKEN);
});
