// Takes deliveries of the environment and brings them to their sinks; at least once: what dies between sending and reporting
// is sent again, under the same id.
import { ClaimDeliveries, type Client, type DeliveryReport, ReportDeliveries, type TakenDelivery } from '@towpath/api';
import { failpoint } from '@towpath/core';
import type { AgentSession } from '../session/agent-session.ts';
import type { ServerLink } from '../session/server-link.ts';
import { type NotificationSink, SinkRefusal } from './notification-sink.ts';

/** What the loop works with. */
export interface DeliveryLoopOptions {
  readonly client: Client;
  readonly link: ServerLink;
  readonly session: AgentSession;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
  /** The sink of that name; undefined: this environment declares none. */
  findSink(name: string): NotificationSink | undefined;
  /** The environment whose channel a sink names; undefined: its own. Such a sink must not be used. */
  findOtherOwner(sink: string): string | undefined;
}

/** Most proxies cut idle connections after 30 to 60 s. */
const WAIT_MS = 25_000;
/** How much longer than asked a server may take to answer. */
const SLACK_MS = 15_000;
/** So many take less than the lease of 60 s, even if each takes all its time. */
const MAX_TAKEN = 5;
const SINK_TIMEOUT_MS = 10_000;

/** Runs until the signal fires. */
export async function runDeliveryLoop(options: DeliveryLoopOptions): Promise<void> {
  const { client, session, signal } = options;
  while (!signal.aborted) {
    const { deliveries } = await session.ask(
      ({ sessionId }, callSignal) => {
        const body = { limit: MAX_TAKEN, waitMs: WAIT_MS };
        return client.call(ClaimDeliveries, { params: { sessionId }, body, signal: callSignal });
      },
      { signal, timeoutMs: WAIT_MS + SLACK_MS },
    );
    const bySink = Map.groupBy(deliveries, ({ sink }) => sink);
    await Promise.all([...bySink].map(([name, taken]) => deliverInTurn(options, name, taken)));
  }
}

/** One after the other: a sink that is full or gone is not asked for each of them. */
async function deliverInTurn(
  options: DeliveryLoopOptions,
  name: string,
  taken: readonly TakenDelivery[],
): Promise<void> {
  let refusal: SinkRefusal | undefined;
  for (const delivery of taken) {
    refusal ??= await deliver(options, name, delivery);
    await report(options, delivery, refusal);
  }
}

async function deliver(
  options: DeliveryLoopOptions,
  name: string,
  delivery: TakenDelivery,
): Promise<SinkRefusal | undefined> {
  const sink = options.findSink(name);
  if (sink === undefined) return new SinkRefusal('SINK_UNKNOWN');
  if (options.findOtherOwner(name) !== undefined) return new SinkRefusal('CHANNEL_OF_OTHER_ENVIRONMENT');
  failpoint('deliver.before-send');
  try {
    await sink.deliver(delivery, AbortSignal.timeout(SINK_TIMEOUT_MS));
  } catch (thrown) {
    // What is thrown otherwise may quote what it failed with.
    return thrown instanceof SinkRefusal ? thrown : new SinkRefusal('SINK_FAILED');
  }
  failpoint('deliver.after-send');
  return undefined;
}

async function report(
  { client, link, log, signal }: DeliveryLoopOptions,
  { id, tries, sink, notification }: TakenDelivery,
  refusal: SinkRefusal | undefined,
): Promise<void> {
  const end: DeliveryReport = {
    id,
    tries,
    outcome: refusal === undefined ? 'delivered' : 'failed',
    error: refusal?.code ?? null,
    retryAfterSeconds: refusal?.retryAfterSeconds ?? null,
  };
  if (refusal) log(`notification ${notification.title}: ${sink} did not take it (${refusal.code}), try ${tries}`);
  const body = { deliveries: [end] };
  await link.ask((callSignal) => client.call(ReportDeliveries, { body, signal: callSignal }), { signal });
}
