// (f) The board of 1,000 cells, 250 pipelines in four environments, over a history of a million runs: its answer, and its page.
import { type Client, GetBoard } from '@towpath/api';
import { withConnection } from '../../packages/server/src/db/database.ts';
import { fillBoard } from './board-history.ts';
import { measureBoardPage } from './board-page.ts';
import { withControlPlane } from './control-plane.ts';
import { type BenchRow, summarize } from './rows.ts';

const RUNS = 1_000_000;
const CALLS = 40;
const MARK_MS = 100;

/** Measures the board as a client has it (asked, sent and parsed), and as somebody who looks at it. */
export function measureBoard(runs: number = RUNS): Promise<readonly BenchRow[]> {
  return withControlPlane(0, async ({ databaseUrl, client, url, consoleLink }) => {
    await withConnection(databaseUrl, (connection) => fillBoard(connection, runs));
    const answers = await measureAnswers(client, runs);
    return [answers, ...(await measureBoardPage({ url, link: consoleLink }))];
  });
}

async function measureAnswers(client: Client, runs: number): Promise<BenchRow> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const from = performance.now();
    const { pipelines } = await client.call(GetBoard);
    times.push(performance.now() - from);
    if (pipelines.length !== 1000) throw new Error(`the board has ${pipelines.length} cells`);
  }
  const what = `the board of 1,000 cells, over ${runs / 1e6} M runs, 95th percentile`;
  const row = { id: 'board', what, unit: 'ms' as const, mark: MARK_MS };
  const sorted = times.toSorted((a, b) => a - b);
  return { ...summarize(row, times), median: sorted[Math.ceil(0.95 * CALLS) - 1] ?? Number.NaN };
}
