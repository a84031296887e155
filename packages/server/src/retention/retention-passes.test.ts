// Which agent deletes the old data of an environment, and what the server makes of how it ended.
import {
  ApplyEnvironments,
  ClaimRetention,
  CloseSession,
  ListAudit,
  ListNotifications,
  ReportAgentAudit,
  type RetentionEntry,
} from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { silenceSession } from '../testing/age-sessions.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const MONDAY = '2026-03-02T03:00:00.000Z';
const TUESDAY = '2026-03-03T03:00:00.000Z';

let t: TestServer;
let first: Claimant;
let second: Claimant;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const notify = [{ name: 'chat', sink: 'slack' as const, severities: ['warning' as const] }];
  const body = { project: 'p', environments: [{ name: 'int', kind: 'shared' as const, notify }], isWhole: false };
  await t.administrator.call(ApplyEnvironments, { body });
  [first, second] = [await openClaimant(t.tokens.agent), await openClaimant(t.tokens.otherAgent)];
});
afterEach(() => t.close());

interface Claimant {
  readonly sessionId: string;
  claim(dueAt: string): Promise<boolean>;
  end(dueAt: string, more?: Partial<RetentionEntry>): Promise<void>;
  close(): Promise<unknown>;
}

async function openClaimant(token: string): Promise<Claimant> {
  const client = t.clientOf(token);
  const { sessionId } = await openSimulatedAgent(client);
  const params = { sessionId };
  return {
    sessionId,
    claim: async (dueAt) => (await client.call(ClaimRetention, { params, body: { dueAt } })).isTaken,
    end: async (dueAt, more = {}) => {
      const facts = { zones: [], code: null, isFinished: true, at: dueAt, ...more };
      const entry = { kind: 'retention' as const, id: crypto.randomUUID(), sessionId, dueAt, ...facts };
      await client.call(ReportAgentAudit, { body: { entries: [entry] } });
    },
    close: () => client.call(CloseSession, { params }),
  };
}

const listEntries = (count: number) =>
  waitFor(`${count} entries`, 10_000, async () => {
    const { entries } = await t.engineer.call(ListAudit, { query: { action: 'retention' } });
    return entries.length >= count && entries.toReversed();
  });

const listTitles = async () =>
  (await t.engineer.call(ListNotifications, { query: {} })).notifications.map(({ title, text, deliveries }) => ({
    title,
    text,
    sinks: deliveries.map(({ sink }) => sink),
  }));

describe('a pass of retention', () => {
  test('is one agent’s, however many ask at once', async () => {
    const third = await openClaimant(await issueAnother());
    const claimants = [first, second, third];
    const taken = await Promise.all(claimants.map(({ claim }) => claim(MONDAY)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const owner = claimants[taken.indexOf(true)];
    expect(await owner?.claim(MONDAY)).toBe(true);
    await owner?.end(MONDAY);
    expect(await Promise.all(claimants.map(({ claim }) => claim(MONDAY)))).toEqual([false, false, false]);
    expect((await Promise.all(claimants.map(({ claim }) => claim(TUESDAY)))).filter(Boolean)).toHaveLength(1);
  });

  test('goes on from one day to the next without a second agent in it', async () => {
    await first.claim(MONDAY);
    expect(await second.claim(TUESDAY)).toBe(false);
    await first.end(MONDAY);
    expect(await second.claim(TUESDAY)).toBe(true);
    expect(await first.claim(MONDAY)).toBe(false);
  });

  test('of an agent that ended in it is taken over; of one that is silent, when the next is due', async () => {
    await first.claim(MONDAY);
    await silenceSession(t.databaseUrl, first.sessionId);
    expect(await second.claim(MONDAY)).toBe(false);
    expect(await second.claim(TUESDAY)).toBe(true);
    await second.close();
    const successor = await openClaimant(t.tokens.otherAgent);
    expect(await successor.claim(TUESDAY)).toBe(true);
    // What the one before says of its own no longer ends the successor's.
    await first.end(MONDAY);
    expect(await successor.claim(TUESDAY)).toBe(true);
  });

  test('belongs to the environment of the credential, and to a session that lives', async () => {
    await first.claim(MONDAY);
    const prod = await openClaimant(t.tokens.prodAgent);
    expect(await prod.claim(MONDAY)).toBe(true);
    await second.close();
    await expect(second.claim(TUESDAY)).rejects.toMatchObject({ code: 'SESSION_ENDED' });
  });

  test('is in the audit, from before the first deletion to what was deleted', async () => {
    await first.claim(MONDAY);
    const targets = [{ target: 'lake', names: ['orders/a.json'] }];
    const zone = { zone: 'bronze', retentionDays: 7, cutoff: '2026-02-23T03:00:00.000Z', count: 12, targets };
    await first.end(MONDAY, { zones: [{ ...zone, code: null }] });
    expect(await listEntries(2)).toMatchObject([
      { action: 'retention.started', actor: { kind: 'agent', name: 'first' }, environment: 'int' },
      { action: 'retention.ended', why: 'deleted 12', details: { dueAt: MONDAY, count: 12, zones: [zone] } },
    ]);
    expect(await listTitles()).toEqual([]);
  });

  test('that failed is told to who wants warnings, once; one that was stopped is not, and another goes on with it', async () => {
    await first.claim(MONDAY);
    await first.end(MONDAY, { isFinished: false, code: 'RETENTION_STOPPED' });
    await first.close();
    expect(await second.claim(MONDAY)).toBe(true);
    expect(await listTitles()).toEqual([]);
    const zone = { zone: 'gold', retentionDays: 7, cutoff: MONDAY, count: 0, targets: [], code: 'TARGET_UNCLAIMED' };
    for (const _ of [1, 2]) await second.end(MONDAY, { zones: [zone], code: 'TARGET_UNCLAIMED' });
    expect(await listTitles()).toEqual([
      {
        title: '[INT] old data was not deleted',
        text: `Not finished: gold (due at ${MONDAY}): TARGET_UNCLAIMED. The log of agent second says more; it is tried again the next day.`,
        sinks: ['chat'],
      },
    ]);
  });
});

async function issueAnother(): Promise<string> {
  const admin = await openAdmin(t.databaseUrl);
  try {
    return await admin.issueAgentCredential({ environment: 'int', agent: 'third' });
  } finally {
    await admin.close();
  }
}
