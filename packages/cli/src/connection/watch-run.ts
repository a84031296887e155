// Waiting for a run: the event stream says when to look, the run itself says what is true.
import { type Client, EventView, GetRun, type RunDetail, StreamEvents } from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';

/** Pause before an event stream that broke is opened again; the server may be restarting. */
const RECONNECT_MS = 500;

/**
 * Calls `onChange` with the run now and after each change, until it ended or `signal` is aborted. Returns the last
 * state seen. A lost connection is opened again: the run itself is read anew each time, so nothing is missed.
 */
export async function watchRun(
  client: Client,
  runId: string,
  signal: AbortSignal,
  onChange: (run: RunDetail) => void,
): Promise<RunDetail> {
  let run = await client.call(GetRun, { params: { runId } });
  onChange(run);
  while (!isTerminalRunState(run.state) && !signal.aborted) {
    run = await watchUntilBroken(client, run, signal, onChange);
  }
  return run;
}

async function watchUntilBroken(
  client: Client,
  before: RunDetail,
  signal: AbortSignal,
  onChange: (run: RunDetail) => void,
): Promise<RunDetail> {
  let run = before;
  const look = async (): Promise<boolean> => {
    run = await client.call(GetRun, { params: { runId: before.id } });
    onChange(run);
    return isTerminalRunState(run.state);
  };
  const closing = new AbortController();
  try {
    const stream = await client.send(StreamEvents, { signal: AbortSignal.any([signal, closing.signal]) });
    // Looked at after the stream is open: a change between the last look and the opening would otherwise be missed.
    if (await look()) return run;
    for await (const event of readEvents(stream)) if (event.runId === run.id && (await look())) return run;
  } catch {
    if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  } finally {
    closing.abort();
  }
  return run;
}

async function* readEvents(response: Response): AsyncGenerator<EventView> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes, { stream: true });
    const messages = rest.split('\n\n');
    rest = messages.pop() ?? '';
    for (const message of messages) {
      const data = message.split('\n').find((line) => line.startsWith('data:'));
      const parsed = data === undefined ? undefined : EventView.safeParse(JSON.parse(data.slice('data:'.length)));
      if (parsed?.success) yield parsed.data;
    }
  }
}
