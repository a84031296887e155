import { type BoardRow, GetBoard } from '@towpath/api';
import { addConnectionOptions, type ConnectionOptions, connect } from '../connection/connect.ts';
import { describeWaiting } from '../releases/format-promotion.ts';
import { formatTable } from '../rendering/table.ts';
import type { RegisterCommand } from './register-command.ts';

interface Options extends ConnectionOptions {
  readonly json?: boolean;
}

/** `npx towpath board`: what runs where, and what is on its way. */
export const registerBoard: RegisterCommand = (program, context) => {
  const command = program
    .command('board')
    .description(
      'Show environments in order: which release runs there since when, how its last runs went, and what waits for which gate.',
    )
    .option('--json', 'print JSON');
  addConnectionOptions(command).action(async (options: Options) => {
    const { rows } = await connect(context, options).call(GetBoard);
    if (options.json) context.out(`${JSON.stringify({ rows }, null, 2)}\n`);
    else context.out(rows.length > 0 ? format(rows) : NONE);
  });
};

const NONE =
  'No environment that releases come to. Declare some in towpath.yaml, then: npx towpath environment apply\n';

function format(rows: readonly BoardRow[]): string {
  const cells = rows.map((row) => [
    row.environment,
    row.kind,
    row.deployment?.release.version ?? 'no release',
    row.deployment?.since ?? '',
    row.agents.map(({ name, error }) => (error === null ? name : `${name} (${error})`)).join(', ') || 'none',
    describeRuns(row),
    describePromotion(row),
  ]);
  return formatTable(['ENVIRONMENT', 'KIND', 'RELEASE', 'SINCE', 'AGENTS', 'LAST RUNS', 'ON ITS WAY'], cells);
}

function describeRuns({ lastRuns, areOfRelease, deployment }: BoardRow): string {
  const counts = Object.entries(Object.groupBy(lastRuns, (state) => state));
  const words = counts.map(([state, runs]) => `${runs.length} ${state}`).join(', ');
  const own = areOfRelease.filter(Boolean).length;
  return deployment === null || words === '' ? words : `${words}; ${own} with ${deployment.release.version}`;
}

function describePromotion({ promotion }: BoardRow): string {
  if (promotion === null) return '';
  const mark = promotion.emergency ? '!! EMERGENCY !! ' : '';
  return `${mark}${promotion.release.version} ${promotion.state}: ${describeWaiting(promotion)}`;
}
