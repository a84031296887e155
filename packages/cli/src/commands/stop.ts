import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isProcessAlive, type ProcessIdentity } from '@towpath/agent';
import { TowpathError } from '@towpath/core';
import type { CommandContext } from '../context.ts';
import { findInstance, findMock, findStateFolder, STATE_FOLDER } from '../instance/instance-record.ts';
import type { RegisterCommand } from './register-command.ts';

/** Ending gracefully includes the grace of running tasks (10 s) and PostgreSQL's shutdown. */
const STOP_DEADLINE_MS = 40_000;

const NOTHING_RUNS = 'Nothing is running for this folder.\n';

/** `npx towpath stop`: ends what runs for this folder, the instance first, then the mock. */
export const registerStop: RegisterCommand = (program, context) => {
  program
    .command('stop')
    .description('End what is running for this folder; its state is kept.')
    .option('--state <folder>', 'state folder (default: the nearest .towpath)')
    .option('--volumes', 'delete the data of `npx towpath up`, too: its volumes in Docker')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const state = options.state ?? findStateFolder(context.cwd) ?? join(context.cwd, STATE_FOLDER);
      const isStopped = await stopAll(context, resolve(context.cwd, state), options.volumes ?? false);
      if (options.json) return context.out(`${JSON.stringify({ stopped: isStopped }, null, 2)}\n`);
      const kept = options.volumes ? 'The data in containers is deleted.' : 'The state is kept.';
      context.out(isStopped ? `Stopped. ${kept}\n` : NOTHING_RUNS);
    });
};

interface Options {
  readonly state?: string;
  readonly volumes?: boolean;
  readonly json?: boolean;
}

/** False: nothing was running. */
async function stopAll(context: CommandContext, stateFolder: string, hasVolumes: boolean): Promise<boolean> {
  const instance = findInstance(stateFolder);
  const mock = findMock(stateFolder);
  const hadLeftovers = !instance && (await endLeftovers(stateFolder));
  const hadContainers = await stopContainers(context, stateFolder, {
    hasVolumes,
    isExpected: instance?.mode === 'containers' || hasVolumes,
  });
  if (instance && instance.mode !== 'containers') await endProcess(instance.process, 'The instance');
  if (mock) await endProcess(mock.process, 'The mock SQL Server');
  return hadLeftovers || hadContainers || instance !== undefined || mock !== undefined;
}

/** Containers also without a record of them: `up` that was killed leaves some. Then an engine that is not there has none. */
async function stopContainers(
  context: CommandContext,
  stateFolder: string,
  { hasVolumes, isExpected }: { readonly hasVolumes: boolean; readonly isExpected: boolean },
): Promise<boolean> {
  const { stopStack } = await import('../stack/stop-stack.ts');
  return await stopStack(stateFolder, { variables: context.env, hasVolumes }).catch((thrown: unknown) => {
    if (isExpected || !(thrown instanceof TowpathError)) throw thrown;
    return false;
  });
}

// Loaded only when there is a state: ending what a killed instance left needs everything that an instance needs.
async function endLeftovers(stateFolder: string): Promise<boolean> {
  if (!existsSync(join(stateFolder, 'postgres', 'data'))) return false;
  const { stopLeftovers } = await import('../dev/stop-leftovers.ts');
  return await stopLeftovers(stateFolder);
}

async function endProcess(identity: ProcessIdentity, what: string): Promise<void> {
  process.kill(identity.pid, 'SIGTERM');
  const deadline = Date.now() + STOP_DEADLINE_MS;
  while (isProcessAlive(identity)) {
    if (Date.now() > deadline) {
      throw new TowpathError({
        code: 'STOP_TIMEOUT',
        message: `${what} (process ${identity.pid}) did not end within ${STOP_DEADLINE_MS / 1000} s.`,
        fix: `See .towpath/dev.log; as a last resort: kill -9 ${identity.pid}. The next start takes over what is left.`,
      });
    }
    await pause(50);
  }
}
