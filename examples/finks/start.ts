// `npm start`: everything of this example on this machine. One `towpath dev` brings server, console and PostgreSQL; one
// agent serves each environment of towpath.yaml, with a credential, a folder and values of its own.
// What is true of this machine only goes into config/.env.<environment>, where every command finds it.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { claimFolderZone } from './lib/folder-zone.ts';
import { isStore, type ZoneConfiguration } from './lib/zone.ts';
import { readPort, startFmpSource } from './source/fmp-source.ts';
import { writeEnvironmentFile } from './write-environment-file.ts';

const FOLDER = import.meta.dirname;
const TOWPATH = fileURLToPath(new URL('../bin/towpath.cjs', import.meta.resolve('towpath')));

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
  return execFileSync(process.execPath, [TOWPATH, ...args], { cwd: FOLDER, encoding: 'utf8' });
}

/** What `towpath environment list` says of one. */
interface Environment {
  readonly name: string;
  /** Bucket by zone. */
  readonly zones: Readonly<Record<string, string>>;
}

function listEnvironments(): readonly Environment[] {
  return JSON.parse(ask('environment', 'list', '--json'));
}

/** The folder, or the store, belongs to no environment; each zone in it does. */
async function claimZones({ name: environment, zones: buckets }: Environment): Promise<void> {
  for (const [zone, bucket] of Object.entries(buckets)) {
    if (!isStore(zones)) {
      claimFolderZone(zones, { bucket, environment });
      continue;
    }
    const { createBucket } = await import('./lib/s3-zone.ts');
    await createBucket(STORE, bucket);
    ask('environment', 'claim', `lake-${zone}`, '--environment', environment);
  }
}

async function startEnvironment(declared: Environment, serverUrl: string): Promise<void> {
  const environment = declared.name;
  await claimZones(declared);
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
  const token = ask(...issued).trim();
  const variables = { TOWPATH_SERVER: serverUrl, ENVIRONMENT: environment, TOWPATH_AGENT_TOKEN: token };
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

/** Writes what only a start knows: ports are free ones, perhaps, and zones lie below this folder. */
function configure(environments: readonly Environment[], known: Readonly<Record<string, string>>): void {
  const values = { ...known, ZONES: zones, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY };
  for (const { name } of environments) writeEnvironmentFile(join(FOLDER, 'config'), name, values);
}

async function main(): Promise<void> {
  const source = await startFmpSource(readPort(FMP_PORT));
  try {
    const environments = listEnvironments();
    configure(environments, { FMP_URL: source.url });
    const ports = ['--console-port', CONSOLE_PORT, '--postgres-port', POSTGRES_PORT, '--mock-port', MOCK_PORT];
    // towpath-ignore: `dev` is a command here, no environment
    await start(['dev', ...ports], {}, /Towpath is ready[\s\S]*Stop {5}.*\n/);
    const { instance } = JSON.parse(ask('status', '--json'));
    configure(environments, { FMP_URL: source.url, ANALYTICS_PORT: String(instance.warehouse.port) });
    for (const environment of environments) await startEnvironment(environment, instance.url);
    process.stdout.write(
      `\nAll environments are up. In another terminal:\n  npx towpath run ingest-fmp --environment ${environments[0]?.name}\n`,
    );
    await new Promise((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, resolve);
    });
  } finally {
    await stop();
    await source.close();
  }
}

// A sentence for a person is enough where one was written for this.
await main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
