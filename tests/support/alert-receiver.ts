// A webhook receiver on loopback: what an agent delivers, and what must hold of it after any fault.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentEnvironment } from '@towpath/agent';
import {
  ApplyEnvironments,
  type Client,
  type DeclaredEnvironment,
  ListNotifications,
  type RunDetail,
} from '@towpath/api';
import { waitFor } from '@towpath/testkit';
import { expect } from 'vitest';

/** One request. */
interface Alert {
  /** The same with each try. */
  readonly key: string;
  readonly title: string;
}

export interface AlertReceiver {
  readonly url: string;
  readonly alerts: readonly Alert[];
  /** Requests are answered so from now on; 200 at first. */
  answer(status: number, headers?: Readonly<Record<string, string>>): void;
  /** Waits until every failed one of these runs was told: at least once, always under one key. */
  verifyTold(client: Client, runs: readonly RunDetail[]): Promise<void>;
  close(): Promise<void>;
}

export const NO_ENVIRONMENT: AgentEnvironment = {
  sinks: [],
  sharedChannels: [],
  targets: [],
  hash: '',
  values: [],
  problems: [],
};

/** A delivery whose agent was killed is due again after its lease of 60 s. */
const TOLD_DEADLINE_MS = 90_000;

/** Starts a receiver. */
export async function startAlertReceiver(): Promise<AlertReceiver> {
  const alerts: Alert[] = [];
  let status = 200;
  let headers: Readonly<Record<string, string>> = {};
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { title } = JSON.parse(Buffer.concat(chunks).toString());
    alerts.push({ key: String(request.headers['idempotency-key']), title });
    response.writeHead(status, { ...headers }).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/alerts`,
    alerts,
    answer: (nextStatus, nextHeaders = {}) => {
      status = nextStatus;
      headers = nextHeaders;
    },
    verifyTold: async (client, runs) => {
      for (const run of runs.filter(({ state }) => state === 'failed')) await verifyToldOnce(client, run, alerts);
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function verifyToldOnce(client: Client, run: RunDetail, alerts: readonly Alert[]): Promise<void> {
  const delivery = await waitFor(`${run.name} to be told`, TOLD_DEADLINE_MS, async () => {
    const { notifications } = await client.call(ListNotifications, { query: { limit: 200 } });
    const of = notifications.filter(({ runId }) => runId === run.id);
    expect(of.length).toBeLessThan(2);
    const [only] = of.flatMap(({ deliveries }) => deliveries);
    if (only?.state !== 'delivered') throw new Error(JSON.stringify(of));
    return only;
  });
  const keys = new Set(alerts.filter(({ title }) => title.includes(`${run.name} `)).map(({ key }) => key));
  expect([...keys]).toEqual([delivery.id]);
}

/** Declares environment `local` with these sinks. */
export async function applySinks(client: Client, notify: DeclaredEnvironment['notify']): Promise<void> {
  const environments = [{ name: 'local', kind: 'local' as const, notify }];
  await client.call(ApplyEnvironments, { body: { project: 'test', environments, isWhole: false } });
}
