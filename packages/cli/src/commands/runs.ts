import { ListRuns, type RunSummary } from '@towpath/api';
import { RUN_STATES, type RunState } from '@towpath/core';
import { InvalidArgumentError } from 'commander';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { findNamedEnvironment } from '../connection/select-on-server.ts';
import { durationBetween } from '../rendering/duration.ts';
import { parseCount } from '../rendering/parse-count.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
  readonly limit: number;
  readonly pipeline?: string;
  readonly environment?: string;
  readonly runState?: RunState;
}

/** `npx towpath runs`: the newest runs, one line each. */
export const registerRuns: RegisterCommand = (program, context) => {
  const command = program
    .command('runs')
    .description('List runs, newest first.')
    .option('--pipeline <name>', 'only runs of this pipeline')
    .option('--environment <name>', 'only runs in this environment')
    .option('--run-state <state>', `only runs in this state: ${RUN_STATE_WORDS.join(', ')}`, parseRunState)
    .option('--limit <count>', 'at most this many, up to 200', parseCount, 20)
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const { pipeline, runState: state, limit } = options;
    const environment = findNamedEnvironment(context, options);
    const page = await connect(context, options).call(ListRuns, { query: { pipeline, environment, state, limit } });
    const isFiltered = [pipeline, environment, state].some((filter) => filter !== undefined);
    if (options.json) context.out(`${JSON.stringify(page, null, 2)}\n`);
    else if (isFiltered && page.runs.length === 0) context.out('No such run. All of them: npx towpath runs\n');
    else context.out(formatRuns(page.runs));
  });
};

const RUN_STATE_WORDS = Object.keys(RUN_STATES);

function parseRunState(text: string): RunState {
  const state = RUN_STATE_WORDS.find((word): word is RunState => word === text);
  if (state !== undefined) return state;
  throw new InvalidArgumentError(`It must be one of: ${RUN_STATE_WORDS.join(', ')}.`);
}

function formatRuns(runs: readonly RunSummary[]): string {
  if (runs.length === 0)
    return 'No runs yet. Start one: npx towpath run <pipeline>   (npx towpath pipelines lists them)\n';
  const rows = runs.map((run) => [
    run.name,
    run.state,
    formatTaskCounts(run),
    run.startedAt ?? '',
    durationBetween(run.startedAt, run.finishedAt),
    run.id,
  ]);
  return formatTable(['RUN', 'STATE', 'TASKS', 'STARTED', 'DURATION', 'ID'], rows);
}

function formatTaskCounts(run: RunSummary): string {
  return Object.entries(run.taskCounts)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}
