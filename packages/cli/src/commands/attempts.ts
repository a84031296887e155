import { type AttemptView, GiveUpAttempt, type RunDetail } from '@towpath/api';
import type { TaskState } from '@towpath/core';
import type { Command } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { getRunByName } from '../connection/find-run.ts';
import { ONE_ENVIRONMENT } from '../connection/select-on-server.ts';
import type { CommandContext } from '../context.ts';
import { durationBetween } from '../rendering/duration.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly environment?: string;
  readonly json?: boolean;
}

/** `npx towpath attempts`: the tries of a run's tasks; `give-up` ends one whose agent is silent. */
export const registerAttempts: RegisterCommand = (program, context) => {
  const attempts = program
    .command('attempts')
    .description("List the attempts of a run's tasks.")
    .argument('[run]', 'number or id (default: the newest run)')
    .option('--environment <name>', `environment of the run number (${ONE_ENVIRONMENT})`)
    .option('--json', 'print JSON');
  addConnectionOptions(attempts).action(async (name: string | undefined, options: Options) => {
    const run = await getRunByName({ client: connect(context, options), context }, name, options);
    const listed = run.tasks.flatMap((task) => task.attempts);
    context.out(options.json ? `${JSON.stringify({ attempts: listed }, null, 2)}\n` : formatAttempts(run, listed));
  });
  registerGiveUp(attempts, context);
};

// Options that `attempts` has too are taken by it: they are read with the parent's.
function registerGiveUp(attempts: Command, context: CommandContext): void {
  attempts
    .command('give-up')
    .description('End an uncertain attempt by your word. Its task is tried again only if it is idempotent.')
    .argument('<id>', 'id of the attempt; `npx towpath attempts` lists it')
    .action(async (attemptId: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>();
      const client = connect(context, options);
      const reply = await client.call(GiveUpAttempt, { params: { attemptId }, body: {} });
      if (options.json) context.out(`${JSON.stringify(reply, null, 2)}\n`);
      else context.out(`Given up. ${describeTask(reply.taskId, reply.taskState)}\n`);
    });
}

function describeTask(taskId: string, state: TaskState): string {
  if (state === 'ready') return `${taskId} is idempotent and will be tried again.`;
  return `${taskId} ended: ${state}. Should its process still run, its agent ends it when it comes back.`;
}

function formatAttempts(run: RunDetail, attempts: readonly AttemptView[]): string {
  if (attempts.length === 0)
    return `${run.name} has no attempts yet: no agent has claimed a task of it. Look at: npx towpath agents\n`;
  const rows = attempts.map((attempt) => [
    attempt.taskId,
    attempt.number,
    attempt.state,
    attempt.startedAt ?? '',
    durationBetween(attempt.startedAt, attempt.finishedAt),
    attempt.agent,
    attempt.host,
    describeExecution(attempt),
    describeReason(attempt),
    attempt.id,
  ]);
  const hint = attempts.some(({ state }) => state === 'uncertain')
    ? '\nUncertain: the agent is silent, the process may still run. End it by your word: npx towpath attempts give-up <id>\n'
    : '';
  return (
    formatTable(
      ['TASK', 'ATTEMPT', 'STATE', 'STARTED', 'DURATION', 'AGENT', 'HOST', 'EXECUTOR', 'REASON', 'ID'],
      rows,
    ) + hint
  );
}

// The digest is in the JSON.
function describeExecution({ execution }: AttemptView): string {
  return [execution?.executor, execution?.image?.reference.split('/').at(-1)].filter(Boolean).join(' ');
}

// The sentence says what its code does; the code is in the JSON.
function describeReason({ reasonCode, reason, lateResult }: AttemptView): string {
  const late = lateResult && `its agent said later: ${lateResult.outcome}`;
  return [reason || reasonCode, late].filter((part) => part).join('; ');
}
