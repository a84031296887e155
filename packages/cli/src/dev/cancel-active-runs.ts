import { CancelRun, type Client, ListRuns } from '@towpath/api';

/** Asks for the end of every run that has not ended, so that nothing goes on by surprise at the next start. */
export async function cancelActiveRuns(client: Client): Promise<void> {
  for (const state of ['running', 'queued'] as const) {
    const { runs } = await client.call(ListRuns, { query: { state, limit: 200 } });
    for (const run of runs) {
      await client.call(CancelRun, { params: { runId: run.id }, body: { reason: 'towpath dev was stopped' } });
    }
  }
}
