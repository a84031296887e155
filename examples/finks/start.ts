// `npm start`: everything of this example on this machine. One `towpath dev` brings server, console and PostgreSQL; one
// agent serves each environment of towpath.yaml, with a credential, a folder and values of its own.
//
// To the server of this machine all three environments are of kind `local`, since here they are: nothing is shared with
// anybody. What towpath.yaml says of them (guards of production, what each owns) holds all the same.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claimFolderZone } from './lib/folder-zone.ts';
import { isStore, type ZoneConfiguration } from './lib/zone.ts';
import { startFmpSource } from './source/fmp-source.ts';

const FOLDER = import.meta.dirname;
const TOWPATH = fileURLToPath(new URL('../bin/towpath.cjs', import.meta.resolve('towpath')));
const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const ZONES = ['bronze', 'silver', 'gold'];

/** A first start makes the database and may load its programs. */
const READY_DEADLINE_MS = 120_000;

const { ZONES: zones = join(FOLDER, '.towpath', 'zones'), S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = process.env;
const { FMP_PORT = '4010', CONSOLE_PORT = '8080', POSTGRES_PORT = '5432', MOCK_PORT = '1433' } = process.env;

/** As towpath.yaml has it where nothing else is said. */
const STORE: ZoneConfiguration = {
  ZONES: zones,
  S3_ACCESS_KEY_ID: S3_ACCESS_KEY_ID ?? 'finks',
  S3_SECRET_ACCESS_KEY: S3_SECRET_ACCESS_KEY ?? 'finks-on-this-machine',
};

const children: ChildProcess[] = [];

/** Starts the executable; resolves when it has printed what `ready` matches. Its lines go to this terminal. */
function start(args: readonly string[], variables: Readonly<Record<string, string>>, ready: RegExp): Promise<void> {
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, [TOWPATH, ...args], { cwd: FOLDER, env, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = '';
    const name = `towpath ${args[0]}`;
    const late = setTimeout(() => reject(new Error(`${name} was not ready in time`)), READY_DEADLINE_MS);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text);
      output += text;
      if (!ready.test(output)) return;
      clearTimeout(late);
      resolve();
    });
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`${name} ended with exit code ${code}`));
    });
  });
}

function ask(...args: readonly string[]): string {
  return askWith({}, ...args);
}

function askWith(variables: Readonly<Record<string, string>>, ...args: readonly string[]): string {
  const env = { ...process.env, ...variables };
  return execFileSync(process.execPath, [TOWPATH, ...args], { cwd: FOLDER, encoding: 'utf8', env });
}

/** The folder, or the store, belongs to no environment; each zone in it does. */
async function claimZones(environment: string, shared: Readonly<Record<string, string>>): Promise<void> {
  for (const zone of ZONES) {
    const bucket = `${environment}-${zone}-zone`;
    if (!isStore(zones)) {
      claimFolderZone(zones, { bucket, environment });
      continue;
    }
    const { createBucket } = await import('./lib/s3-zone.ts');
    await createBucket(STORE, bucket);
    askWith(shared, 'environment', 'claim', `lake-${zone}`, '--environment', environment);
  }
}

async function startEnvironment(environment: string, shared: Readonly<Record<string, string>>): Promise<void> {
  const file = join(FOLDER, 'config', `.env.${environment}`);
  if (!existsSync(file)) copyFileSync(join(FOLDER, 'config', '.env.example'), file);
  await claimZones(environment, shared);
  const issued = [
    'server',
    'issue-agent-token',
    '--environment',
    environment,
    '--kind',
    'local',
    '--agent',
    environment,
  ];
  const variables = { ...shared, ENVIRONMENT: environment, TOWPATH_AGENT_TOKEN: ask(...issued).trim() };
  const state = join(FOLDER, '.towpath', `agent-${environment}`);
  await start(['agent', '--name', environment, '--state', state], variables, /pipelines loaded/);
}

async function stop(): Promise<void> {
  const ended = children.toReversed().map(async (child) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exit;
  });
  await Promise.all(ended);
}

async function main(): Promise<void> {
  const source = await startFmpSource(Number(FMP_PORT));
  try {
    const ports = ['--console-port', CONSOLE_PORT, '--postgres-port', POSTGRES_PORT, '--mock-port', MOCK_PORT];
    await start(['dev', ...ports], {}, /Towpath is ready[\s\S]*Stop {5}.*\n/);
    const { instance } = JSON.parse(ask('status', '--json'));
    const shared = {
      TOWPATH_SERVER: instance.url,
      ANALYTICS_PORT: String(instance.warehouse.port),
      FMP_URL: source.url,
      ZONES: zones,
    };
    for (const environment of ENVIRONMENTS) await startEnvironment(environment, shared);
    process.stdout.write(
      `\nAll environments are up. In another terminal:\n  npx towpath run ingest-fmp --environment dev\n`,
    );
    await new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
    });
  } finally {
    await stop();
    await source.close();
  }
}

await main();
