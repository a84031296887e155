import { CreateConsoleLink, GetRun, ListRuns } from '@towpath/api';
import { connect } from '../connection/connect.ts';
import type { CommandContext } from '../context.ts';
import type { InstanceRecord } from '../instance/instance-record.ts';
import { formatReadyMessage } from './ready-message.ts';

const WHERE: Readonly<Record<InstanceRecord['mode'], string>> = {
  foreground: 'in another terminal',
  background: 'in the background',
  containers: 'in containers',
};

/** Said instead of a second start: where what runs already is found. */
export async function describeRunning(
  context: CommandContext,
  record: InstanceRecord,
  stateFolder: string,
): Promise<string> {
  const client = connect({ ...context, env: {} }, { state: stateFolder });
  const { link } = await client.call(CreateConsoleLink);
  const { runs } = await client.call(ListRuns, { query: { state: 'succeeded', limit: 1 } });
  const run = runs[0] && (await client.call(GetRun, { params: { runId: runs[0].id } }));
  const stopHint = record.mode === 'foreground' ? 'Ctrl-C in the terminal that holds it' : 'npx towpath stop';
  const facts = {
    record,
    consoleLink: `${record.url}/open#${link}`,
    busyPorts: [],
    elapsedMs: undefined,
    problem: undefined,
  };
  return `Towpath runs already for this folder, ${WHERE[record.mode]}.\n${formatReadyMessage({ ...facts, run, stopHint })}`;
}
