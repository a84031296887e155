// The command behind a button, ready to be pasted. Names are data: whatever a shell could read as more is quoted.

import type { ParameterValue, ParameterValues } from '@towpath/core';

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

/** `npx towpath cancel <number>`. */
export function formatCancelCommand(runNumber: number, scope: CommandScope): string {
  return joinCommand(formatCommand('cancel'), String(runNumber), formatScope(scope));
}

/** What a run is started with, besides its pipeline. */
export interface StartOptions {
  /** Only those that differ from the defaults need to be named. */
  readonly parameters?: ParameterValues;
  readonly note?: string | undefined;
}

/** `npx towpath run <pipeline> --parameter <name>=<value> --note <note>`. */
export function formatRunCommand(pipeline: string, scope: CommandScope, options: StartOptions = {}): string {
  const words = Object.entries(options.parameters ?? {}).flatMap(([name, value]) => formatParameter(name, value));
  return joinCommand(
    formatCommand('run'),
    quoteShell(pipeline),
    ...words,
    formatOption('note', options.note),
    formatScope(scope),
  );
}

/** How much of a run is repeated. */
export interface RerunOptions {
  readonly from: 'start' | 'failed' | 'tasks';
  readonly tasks?: readonly string[];
  readonly note?: string | undefined;
}

/** `npx towpath rerun <number> --tasks a,b --note <note>`. */
export function formatRerunCommand(
  runNumber: number,
  { from, tasks, note }: RerunOptions,
  scope: CommandScope,
): string {
  return joinCommand(
    formatCommand('rerun'),
    String(runNumber),
    from === 'failed' ? '--from-failed' : '',
    from === 'tasks' ? formatOption('tasks', tasks?.join(',')) : '',
    formatOption('note', note),
    formatScope(scope),
  );
}

/** `npx towpath pools set <name> <slots>`; without slots, back to the declaration: `--clear`. */
export function formatSetPoolCommand(pool: string, slots: number | null, scope: CommandScope): string {
  const word = slots === null ? '--clear' : String(slots);
  return joinCommand(formatCommand('pools set'), quoteShell(pool), word, formatScope(scope));
}

/** `npx towpath schedules pause <pipeline>/<name> --note <note>`. */
export function formatScheduleCommand(
  verb: 'pause' | 'resume' | 'run-now',
  schedule: string,
  scope: CommandScope,
  note?: string,
): string {
  const words = [formatCommand(`schedules ${verb}`), quoteShell(schedule), formatOption('note', note)];
  return joinCommand(...words, formatScope(scope));
}

/** A list is its items, each by an option of its own: an item may hold a comma. */
function formatParameter(name: string, value: ParameterValue): readonly string[] {
  const values = typeof value === 'object' ? value : [value];
  return values.map((one) => formatOption('parameter', `${name}=${one}`));
}

/** `--name value`, quoted; nothing without a value. */
export function formatOption(name: string, value: string | undefined): string {
  return value ? `--${name} ${quoteShell(value)}` : '';
}

/** `npx towpath logs -f <number> --task <task>`. */
export function formatLogsCommand(runNumber: number, taskId: string, scope: CommandScope): string {
  return joinCommand(formatCommand('logs -f'), String(runNumber), '--task', quoteShell(taskId), formatScope(scope));
}

function formatScope({ environment, isOnlyEnvironment }: CommandScope): string {
  return isOnlyEnvironment ? '' : `--environment ${quoteShell(environment)}`;
}

/** Words of a command, without those that are empty. */
export function joinCommand(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}

/** A word as POSIX shells read it: quoted unless it is harmless. */
export function quoteShell(word: string): string {
  return /^[A-Za-z0-9_./:,=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
