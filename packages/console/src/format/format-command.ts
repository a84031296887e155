// The command behind a button, ready to be pasted. Names are data: whatever a shell could read as more is quoted.

/** The environment is named only where several exist; `towpath` takes the only one otherwise. */
export interface CommandScope {
  readonly environment: string;
  readonly isOnlyEnvironment: boolean;
}

/** How the CLI is called: it lies in the project's `node_modules`, so no PATH leads to it. */
const PROGRAM = 'npx towpath';

/** A command line of the CLI: `npx towpath console` for `console`. */
export function formatCommand(rest: string): string {
  return `${PROGRAM} ${rest}`;
}

/** `npx towpath run <pipeline>`. */
export function formatRunCommand(pipeline: string, scope: CommandScope): string {
  return joinCommand(formatCommand('run'), quoteShell(pipeline), formatScope(scope));
}

/** `npx towpath logs -f <number> --task <task>`. */
export function formatLogsCommand(runNumber: number, taskId: string, scope: CommandScope): string {
  return joinCommand(formatCommand('logs -f'), String(runNumber), '--task', quoteShell(taskId), formatScope(scope));
}

function formatScope({ environment, isOnlyEnvironment }: CommandScope): string {
  return isOnlyEnvironment ? '' : `--environment ${quoteShell(environment)}`;
}

function joinCommand(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** A word as POSIX shells read it: quoted unless it is harmless. */
export function quoteShell(word: string): string {
  return /^[A-Za-z0-9_./:-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
