import { join, resolve } from 'node:path';
import { getProject } from '@towpath/config';
import type { CommandContext } from '../context.ts';
import { createImageAccess } from '../datakit/image-access.ts';
import { describeRunning } from '../dev/describe-running.ts';
import { findRunToShow } from '../dev/find-run-to-show.ts';
import { PREFERRED_PORTS } from '../dev/preferred-ports.ts';
import { formatReadyMessage } from '../dev/ready-message.ts';
import { refuseOtherEnvironment } from '../dev/refuse-other-environment.ts';
import { findInstance, type InstanceRecord, STATE_FOLDER } from '../instance/instance-record.ts';
import { describeBase } from '../platform/describe-base.ts';
import { parseCount } from '../rendering/parse-count.ts';
import { parsePort } from '../rendering/parse-port.ts';
import { readRetentionDays } from '../rendering/parse-retention-days.ts';
import type { StackSources } from '../stack/provide-stack-images.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options {
  readonly project?: string;
  readonly state?: string;
  readonly base?: string;
  readonly consolePort: number;
  readonly postgresPort: number;
  readonly mockPort: number;
  readonly registryPort: number;
  readonly maxAttempts?: number;
  readonly againstShared?: boolean;
}

/** `npx towpath up`: environment local in containers, in the background. */
export const registerUp: RegisterCommand = (program, context) => {
  program
    .command('up')
    .description(
      'Start environment local in Docker: registry, server, agent, PostgreSQL and mock SQL Server, a container each, on one network; `npx towpath stop` ends them.',
    )
    .option('--project <folder>', 'project to load (default: the one around this folder)')
    .option('--state <folder>', 'where its passwords are kept (default: .towpath in the project); data is in volumes')
    .option(
      '--base <image>',
      'image to build upon, from a registry: glibc, a shell, the C++ library (default: TOWPATH_BASE_IMAGE, then debian:bookworm-slim)',
    )
    .option('--console-port <port>', 'preferred port of the console', parsePort, PREFERRED_PORTS.console)
    .option('--postgres-port <port>', 'preferred port of PostgreSQL', parsePort, PREFERRED_PORTS.postgres)
    .option('--mock-port <port>', 'preferred port of the mock SQL Server', parsePort, PREFERRED_PORTS.mock)
    .option('--registry-port <port>', 'preferred port of the registry', parsePort, PREFERRED_PORTS.registry)
    .option('--max-attempts <count>', 'attempts at a time (default: as with `npx towpath agent`)', parseCount)
    .option(
      '--against-shared',
      'let tasks use what a shared environment has claimed; production is refused all the same',
    )
    .action(async (options: Options) => await up(context, options));
};

async function up(context: CommandContext, options: Options): Promise<void> {
  const startedAt = performance.now();
  const project = getProject(options.project ?? context.cwd);
  const stateFolder = resolve(context.cwd, options.state ?? join(project.folder, STATE_FOLDER));
  refuseOtherEnvironment(context, project);
  const sources = {
    project,
    base: describeBase(options.base, context.env),
    access: createImageAccess(context),
    notify: (line: string) => context.err(`${line}\n`),
  };
  const running = findInstance(stateFolder);
  if (running && (await goesOn(running, sources, context)))
    return context.out(await describeRunning(context, running, stateFolder));
  const { startStack } = await import('../stack/start-stack.ts');
  const { consolePort, postgresPort, mockPort, registryPort, maxAttempts, againstShared } = options;
  const stack = await startStack({
    ...sources,
    stateFolder,
    ports: { console: consolePort, postgres: postgresPort, mock: mockPort, registry: registryPort },
    variables: context.env,
    maxAttempts,
    retentionDays: readRetentionDays(context.env),
    isAgainstShared: againstShared ?? false,
  });
  const shown = await findRunToShow(project, stack.client, context.signal);
  const elapsedMs = performance.now() - startedAt;
  context.out(formatReadyMessage({ ...stack, ...shown, elapsedMs, stopHint: 'npx towpath stop' }));
}

/** A stack that lacks a part does not: it is started anew, on the data that it has. */
async function goesOn(running: InstanceRecord, sources: StackSources, { env }: CommandContext): Promise<boolean> {
  if (running.mode !== 'containers') return true;
  const { refreshStack } = await import('../stack/refresh-stack.ts');
  return await refreshStack(running, sources, env);
}
