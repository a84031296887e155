import { join, resolve } from 'node:path';
import type { Client } from '@towpath/api';
import { getProject, type Project } from '@towpath/config';
import { formatErrorLines, TowpathError, toErrorFacts } from '@towpath/core';
import { nameRun } from '../connection/name-run.ts';
import type { CommandContext } from '../context.ts';
import { describeRunning } from '../dev/describe-running.ts';
import { findRunToShow } from '../dev/find-run-to-show.ts';
import { findWarehouseDatabase } from '../dev/find-warehouse-database.ts';
import { runFirstWhenMended } from '../dev/first-run.ts';
import { describeLocalExecutor } from '../dev/local-environment.ts';
import { PREFERRED_PORTS } from '../dev/preferred-ports.ts';
import { formatReadyMessage } from '../dev/ready-message.ts';
import { refuseOtherEnvironment } from '../dev/refuse-other-environment.ts';
import type { WantedWarehouse } from '../embedded-postgres/warehouses.ts';
import { findInstance, type InstanceRecord, STATE_FOLDER } from '../instance/instance-record.ts';
import { LOCAL_ENVIRONMENT } from '../instance/local-name.ts';
import { runDetached } from '../instance/run-detached.ts';
import { describeSizing } from '../project/describe-sizing.ts';
import { collect } from '../rendering/collect.ts';
import { parseCount } from '../rendering/parse-count.ts';
import { parsePort } from '../rendering/parse-port.ts';
import { readRetentionDays } from '../rendering/parse-retention-days.ts';
import { formatRunOutcome } from '../rendering/run-progress.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly state?: string;
  readonly detach?: boolean;
  readonly consolePort: number;
  readonly postgresPort: number;
  readonly mockPort: number;
  readonly maxAttempts?: number;
  readonly againstShared?: boolean;
  readonly executor?: string;
  readonly warehouseFor: readonly string[];
}

/** `npx towpath dev`: everything on this machine, in the foreground (Ctrl-C ends it) or with --detach in the background. */
export const registerDev: RegisterCommand = (program, context) => {
  program
    .command('dev')
    .description('Start PostgreSQL, the mock SQL Server, the control plane and an agent for environment local.')
    .option('--project <folder>', 'project to load (default: the one around this folder)')
    .option('--state <folder>', 'where state is kept (default: .towpath in the project)')
    .option('--detach', 'go to the background when ready; `npx towpath stop` ends it')
    .option('--console-port <port>', 'preferred port of the console', parsePort, PREFERRED_PORTS.console)
    .option('--postgres-port <port>', 'preferred port of PostgreSQL', parsePort, PREFERRED_PORTS.postgres)
    .option('--mock-port <port>', 'preferred port of the mock SQL Server', parsePort, PREFERRED_PORTS.mock)
    .option(
      '--max-attempts <count>',
      'attempts at a time (default: TOWPATH_MAX_ATTEMPTS, then sizing.workers of local, then four per core)',
      parseCount,
    )
    .option(
      '--executor <name>',
      'process, docker or kubernetes (default: TOWPATH_EXECUTOR, then what local declares, then process)',
    )
    .option(
      '--against-shared',
      'let tasks use what a shared environment has claimed; production is refused all the same',
    )
    .option(
      '--warehouse-for <environment>',
      'a warehouse for another environment of towpath.yaml in this PostgreSQL, too: a database and a role of its own; repeatable, kept',
      collect,
      [],
    )
    .action(async (options: Options) => {
      const project = getProject(options.project ?? context.cwd);
      const stateFolder = resolve(context.cwd, options.state ?? join(project.folder, STATE_FOLDER));
      refuseOtherEnvironment(context, project);
      const warehouses = options.warehouseFor.map((name) => findWarehouseDatabase(project, name));
      const running = findInstance(stateFolder);
      if (running) refuseLateWarehouses(running, warehouses);
      if (running) return context.out(await describeRunning(context, running, stateFolder));
      if (options.detach) return await runDetached(context, { stateFolder, logFile: 'dev.log' });
      await runInForeground(context, project, stateFolder, { ...options, warehouses });
    });
};

async function runInForeground(
  context: CommandContext,
  project: Project,
  stateFolder: string,
  options: Options & { readonly warehouses: readonly WantedWarehouse[] },
): Promise<void> {
  const startedAt = performance.now();
  const isBackground = process.send !== undefined;
  const { startInstance } = await import('../dev/start-instance.ts');
  const instance = await startInstance({
    project,
    stateFolder,
    ports: { console: options.consolePort, postgres: options.postgresPort, mock: options.mockPort },
    processVariables: context.env,
    mode: isBackground ? 'background' : 'foreground',
    sizing: describeSizing(project.declaration.environments.get(LOCAL_ENVIRONMENT)?.sizing, {
      maxAttempts: options.maxAttempts,
      env: context.env,
    }),
    executor: describeLocalExecutor(project, { flag: options.executor, env: context.env }),
    isAgainstShared: options.againstShared,
    warehouses: options.warehouses,
    retentionDays: readRetentionDays(context.env),
    notify: (line) => context.out(`${line}\n`),
    signal: context.signal,
  }).catch((thrown: unknown) => {
    if (!context.signal.aborted) throw thrown;
  });
  if (!instance) return context.out('Stopped before it was ready.\n');
  try {
    const shown = await findRunToShow(project, instance.client, context.signal);
    const message = formatReadyMessage({
      ...instance,
      ...shown,
      elapsedMs: performance.now() - startedAt,
      stopHint: isBackground ? 'npx towpath stop' : `Ctrl-C   (state stays in ${stateFolder})`,
    });
    if (!context.signal.aborted) context.out(message);
    process.send?.(message);
    if (shown.problem !== undefined) await showMended(context, project, instance.client);
    await untilAborted(context.signal);
    context.out('\nStopping …\n');
  } finally {
    await instance.stop();
  }
  context.out('Stopped. The state is kept.\n');
}

// A problem here is shown and no more: the instance goes on.
async function showMended(context: CommandContext, project: Project, client: Client): Promise<void> {
  try {
    const run = await runFirstWhenMended(client, {
      readFirstRun: () => getProject(project.folder).firstRun,
      signal: context.signal,
      notify: (line) => context.out(`${line}\n`),
    });
    if (run && !context.signal.aborted) context.out(formatRunOutcome(run, await nameRun({ client, context }, run)));
  } catch (thrown) {
    if (!context.signal.aborted) context.out(`${formatErrorLines(toErrorFacts(thrown))}\n`);
  }
}

function refuseLateWarehouses({ warehouses }: InstanceRecord, wanted: readonly WantedWarehouse[]): void {
  const late = wanted.filter(({ database }) => !warehouses.some((one) => one.database === database));
  if (late.length === 0) return;
  throw new TowpathError({
    code: 'WAREHOUSE_NEEDS_START',
    message: 'Towpath runs already for this folder, without a warehouse of that environment.',
    cause: `${late.map(({ environment }) => environment).join(', ')} has none; warehouses are made when dev starts.`,
    fix: 'End it (npx towpath stop, or Ctrl-C where it runs) and start it again with --warehouse-for. What it has is kept.',
  });
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((done) => signal.addEventListener('abort', done, { once: true }));
}
