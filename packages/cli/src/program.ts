// The command line: one list of commands. Each command file says its own syntax and does its own work.
import { Command, CommanderError } from 'commander';
import { registerAccess } from './commands/access.ts';
import { registerAgent } from './commands/agent.ts';
import { registerAgents } from './commands/agents.ts';
import { registerAttempts } from './commands/attempts.ts';
import { registerAudit } from './commands/audit.ts';
import { registerBoard } from './commands/board.ts';
import { registerCan } from './commands/can.ts';
import { registerCancel } from './commands/cancel.ts';
import { registerConfig } from './commands/config.ts';
import { registerConsole } from './commands/console.ts';
import { registerDatakit } from './commands/datakit.ts';
import { registerDev } from './commands/dev.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerEnvironment } from './commands/environment.ts';
import { registerEvidence } from './commands/evidence.ts';
import { registerFreeze } from './commands/freeze.ts';
import { registerInit } from './commands/init.ts';
import { registerLogin } from './commands/login.ts';
import { registerLogout } from './commands/logout.ts';
import { registerLogs } from './commands/logs.ts';
import { registerMigrate } from './commands/migrate.ts';
import { registerMockSqlServer } from './commands/mock-sqlserver.ts';
import { registerNotifications } from './commands/notifications.ts';
import { registerParity } from './commands/parity.ts';
import { registerPart } from './commands/part.ts';
import { registerPipelines } from './commands/pipelines.ts';
import { registerPlatform } from './commands/platform.ts';
import { registerPolicy } from './commands/policy.ts';
import { registerPools } from './commands/pools.ts';
import { registerPromote } from './commands/promote.ts';
import { registerPromotions } from './commands/promotions.ts';
import type { RegisterCommand } from './commands/register-command.ts';
import { registerRelease } from './commands/release.ts';
import { registerRerun } from './commands/rerun.ts';
import { registerRetention } from './commands/retention.ts';
import { registerRollback } from './commands/rollback.ts';
import { registerRun } from './commands/run.ts';
import { registerRuns } from './commands/runs.ts';
import { registerSchedules } from './commands/schedules.ts';
import { registerServer } from './commands/server.ts';
import { registerSignoff } from './commands/signoff.ts';
import { registerSizing } from './commands/sizing.ts';
import { registerSql } from './commands/sql.ts';
import { registerStatus } from './commands/status.ts';
import { registerStop } from './commands/stop.ts';
import { registerTokens } from './commands/tokens.ts';
import { registerUp } from './commands/up.ts';
import { registerWhoami } from './commands/whoami.ts';
import type { CommandContext } from './context.ts';
import { formatUsageError } from './rendering/format-usage-error.ts';
import { VERSION } from './version.ts';

const COMMANDS: readonly RegisterCommand[] = [
  registerInit,
  registerMigrate,
  registerDev,
  registerUp,
  registerRun,
  registerRerun,
  registerCancel,
  registerRuns,
  registerAttempts,
  registerLogs,
  registerPipelines,
  registerPools,
  registerSchedules,
  registerSizing,
  registerRetention,
  registerAgents,
  registerEnvironment,
  registerRelease,
  registerPromote,
  registerPromotions,
  registerSignoff,
  registerFreeze,
  registerRollback,
  registerPolicy,
  registerEvidence,
  registerBoard,
  registerNotifications,
  registerLogin,
  registerLogout,
  registerWhoami,
  registerCan,
  registerAccess,
  registerTokens,
  registerAudit,
  registerDatakit,
  registerPlatform,
  registerConfig,
  registerParity,
  registerSql,
  registerConsole,
  registerStatus,
  registerStop,
  registerDoctor,
  registerMockSqlServer,
  registerServer,
  registerAgent,
  registerPart,
];

/** Runs one command line. Returns its exit code; errors of the product are thrown, errors of syntax are printed. */
export async function runProgram(context: CommandContext, args: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = createProgram(context, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode;
    throw thrown;
  }
}

/** The program with all its commands; also read by the reference of commands in docs/. */
export function createProgram(context: CommandContext, exitWith: (code: number) => void): Command {
  const program = new Command('towpath')
    .description('Data pipelines that run unchanged on a laptop, in Docker and on Kubernetes.')
    .version(VERSION, '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: context.out,
      writeErr: context.err,
      outputError: (text, write) => write(formatUsageError(text)),
    });
  for (const register of COMMANDS) register(program, context, exitWith);
  for (const command of program.commands) command.copyInheritedSettings(program);
  // What is told of the program itself stood before any command.
  program.configureOutput({ outputError: (text, write) => write(formatUsageError(text, 'before-command')) });
  return program;
}
