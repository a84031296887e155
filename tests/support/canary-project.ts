// A project whose tasks do with their secrets what they should not, by accident.
import { CANARIES } from './canaries.ts';
import type { TestProject } from './test-project.ts';

const NAMES = CANARIES.map(({ variable }) => variable);

/** Every form of a secret that programs print, whole, in pieces over time, and amid other bytes. */
const SHOW = `import { setTimeout } from 'node:timers/promises';
export const NAMES = ${JSON.stringify(NAMES)} as const;
type Config = Record<(typeof NAMES)[number], string>;
export const show = async (config: Config) => {
  for (const name of NAMES) {
    const text = config[name];
    console.log('plain', text);
    console.error('error', JSON.stringify({ text, nested: JSON.stringify({ text }) }));
    console.log('url', encodeURIComponent(text), new URLSearchParams({ text }).toString());
    for (const before of ['', 'u:', 'ab:']) console.log('basic', Buffer.from(before + text + ':x').toString('base64'));
    for (const line of text.split('\\n')) console.log('  line', line);
    for (let at = 0; at < text.length; at += 7) {
      process.stdout.write(text.slice(at, at + 7));
      if (at % 14 === 0) await setTimeout(5);
    }
    console.log();
  }
  console.log('password', decodeURIComponent(new URL(config.URL_SECRET).password));
  console.log('decoded', Buffer.from(config.BASE64_SECRET, 'base64').toString());
  console.log(config, process.env);
};
`;

const TASKS = `import { datakitTask, definePipeline, functionTask } from 'towpath';
import { NAMES, show } from '../lib/show.ts';
import { setTimeout } from 'node:timers/promises';
const common = { configuration: NAMES };
export const prints = definePipeline({
  name: 'prints',
  tasks: [
    functionTask({ id: 'returns', ...common, run: async ({ config }) => {
      await show(config);
      return { ...config, list: Object.values(config), [config.JSON_SECRET]: { deep: config.URL_SECRET } };
    } }),
    functionTask({ id: 'reads', dependsOn: ['returns'], inputs: ['returns'], run: async ({ inputs }) => {
      console.log(inputs);
      return {};
    } }),
    datakitTask({ id: 'shell', datakit: 'careless', version: '1.0.0', command: 'careless' }),
  ],
});
export const throws = definePipeline({
  name: 'throws',
  tasks: [functionTask({ id: 'only', ...common, retry: { limit: 1, delaySeconds: 0.1 }, run: async ({ config }) => {
    throw new Error('login failed: ' + Object.values(config).join(' '), { cause: new Error(config.URL_SECRET) });
  } })],
});
export const crashes = definePipeline({
  name: 'crashes',
  tasks: [functionTask({ id: 'only', ...common, run: async ({ config }) => {
    process.stdout.write('half of it: ' + config.JSON_SECRET.slice(0, -2));
    process.abort();
  } })],
});
export const hangs = definePipeline({
  name: 'hangs',
  tasks: [functionTask({ id: 'only', ...common, run: async ({ config }) => {
    await show(config);
    console.log('shown');
    await setTimeout(600_000);
  } })],
});
`;

const CARELESS = `#!/bin/sh
set -x
env
echo "$PEM_SECRET"
printf '%s' "$JSON_SECRET" | base64
curl_like() { echo "connecting to $URL_SECRET" >&2; }
curl_like
printf '{"token":"%s"}' "$JSON_SECRET" > "$TOWPATH_RESULT"
`;

/** Writes the project; its secrets come from `secretsYaml`, its alerts go to `alertsUrl`. */
export function writeCanaryProject(project: TestProject, secretsYaml: string, alertsUrl: string): void {
  project.write(
    'towpath.yaml',
    `name: canary
variables:
${NAMES.map((name) => `  ${name}: { secret: true, required: true }`).join('\n')}
environments:
  local:
    kind: local
    owns: { secretPaths: ["/local/"] }
    secrets: { ${secretsYaml}, ttlSeconds: 60 }
    notify:
      - { sink: webhook, url: "${alertsUrl}", secret: "secret://local/hook#key", severities: [critical, warning, info] }
`,
  );
  const lines = CANARIES.map(({ variable, name, field }) => `${variable}=secret://local/${name}#${field}`);
  project.write('config/.env.local', `${lines.join('\n')}\n`);
  project.write('lib/show.ts', SHOW);
  for (const pipeline of ['prints', 'throws', 'crashes', 'hangs'])
    project.write(
      `pipelines/${pipeline}.ts`,
      `${TASKS.replaceAll('export const', 'const')}\nexport default ${pipeline};\n`,
    );
  project.write(
    'datakits/careless/datakit.yaml',
    `name: careless
version: 1.0.0
kind: test
description: Prints its environment
commands: [careless]
executableFolder: bin
environment:
${NAMES.map((name) => `  - { name: ${name}, required: true, description: secret }`).join('\n')}
`,
  );
  project.write('datakits/careless/bin/careless', CARELESS, 0o755);
}
