// The datakit as a library, for tests and for programs that run it in process. `bin/datakit-sqlserver` is the command.
export { DATAKIT_VERSION, runDatakit } from './cli.ts';
export type { CommandContext } from './commands/command-context.ts';
export { toExitCode } from './exit-codes.ts';
