// Every decision leaves exactly one entry, in its own transaction: both or neither.
import {
  CancelRun,
  type Client,
  CreateConsoleLink,
  GiveUpAttempt,
  ListAudit,
  OpenConsole,
  RegisterCode,
  RerunRun,
  SetPool,
  StartRun,
} from '@towpath/api';
import { AUDIT_ACTIONS } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { type Admin, openAdmin } from '../setup.ts';
import { ageSilence, silenceSession } from '../testing/age-sessions.ts';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../testing/builders.ts';
import { readAuditChain } from '../testing/read-audit-chain.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let admin: Admin;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  admin = await openAdmin(t.databaseUrl, 'olga');
});
afterAll(async () => {
  await admin.close();
  await t.close();
});

async function listEntries() {
  const lines = await readAuditChain(t.engineer);
  return lines.flatMap((line) => (line.kind === 'entry' ? [line] : []));
}

/** The entries that `decide` leaves. */
async function entriesOf(decide: () => Promise<unknown>) {
  const before = (await listEntries()).length;
  await decide();
  return (await listEntries()).slice(before);
}

const registration = buildRegistration([buildGraph('daily', [buildTask('a')])], 'code-daily');
const start = (client: Client = t.engineer) =>
  client.call(StartRun, { body: { pipeline: 'daily', environment: 'int', note: 'by hand' } });
const cancel = (runId: string) => t.engineer.call(CancelRun, { params: { runId }, body: { reason: 'wrong table' } });

async function startUncertain(): Promise<{ attemptId: string; sessionId: string }> {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a')], 'lost');
  const [grant] = await agent.claim(1);
  if (!grant) throw new Error('nothing was granted');
  await agent.start([grant]);
  await silenceSession(t.databaseUrl, agent.sessionId);
  return { attemptId: grant.attemptId, sessionId: agent.sessionId };
}

describe('a decision', () => {
  test('about environments and credentials is entered with the operator who took it', async () => {
    const person = { name: 'pia', role: 'viewer' } as const;
    const agent = { environment: 'qa', agent: 'one' };
    const operator = { kind: 'operator', name: 'olga' };
    const cases: readonly [string, () => Promise<unknown>, object][] = [
      [
        'environment.declared',
        () => admin.ensureEnvironment({ name: 'qa', kind: 'shared', position: 3 }),
        { environment: 'qa', details: { kind: 'shared', position: 3 } },
      ],
      [
        'agent-credential.issued',
        () => admin.issueAgentCredential({ ...agent, lifeDays: 7 }),
        { environment: 'qa', subject: { kind: 'agent', id: 'qa/one', name: 'one' }, details: { lifeDays: 7 } },
      ],
      ['agent-credential.revoked', () => admin.revokeAgentCredentials(agent), { details: { credentials: 1 } }],
      ['access-token.issued', () => admin.issueAccessToken(person), { details: { role: 'viewer' } }],
      ['console-link.issued', () => admin.issueConsoleLink(person), { subject: { id: 'pia' } }],
      ['access-token.revoked', () => admin.revokeAccess('pia'), { details: { tokens: 1, sessions: 0, links: 1 } }],
    ];
    for (const [action, decide, facts] of cases) {
      expect(await entriesOf(decide)).toMatchObject([{ action, actor: operator, ...facts }]);
    }
    expect(await entriesOf(() => admin.ensureEnvironment({ name: 'qa', kind: 'shared', position: 3 }))).toEqual([]);
  });

  test('about code is entered once per change, with the agent that says so', async () => {
    const register = (body = registration) => t.agent.call(RegisterCode, { body });
    const who = { kind: 'agent', name: 'first' };
    const first = await entriesOf(() => register());
    expect(first).toMatchObject([
      { action: 'code.registered', actor: who, environment: 'int', details: { removed: 0 } },
    ]);
    expect(first[0]?.details.changed).toEqual(['daily']);
    expect(await entriesOf(() => register())).toEqual([]);
    const other = { ...registration, sourceHash: 'b'.repeat(64) };
    expect(await entriesOf(() => register(other))).toMatchObject([
      { details: { changed: [], sourceHash: other.sourceHash } },
    ]);
  });

  test('about a run is entered with its person, its words and its parameters', async () => {
    const person = { kind: 'person', name: 'erin' };
    const started = await entriesOf(() => start());
    const subject = { kind: 'run', id: expect.any(String), name: expect.stringMatching(/^daily-int #\d+$/) };
    expect(started).toMatchObject([
      {
        action: 'run.started',
        actor: person,
        subject,
        environment: 'int',
        why: 'by hand',
        details: { parameters: {} },
      },
    ]);
    const runId = started[0]?.subject.id ?? '';
    expect(await entriesOf(() => cancel(runId))).toMatchObject([
      { action: 'run.cancelled', actor: person, subject: { id: runId }, why: 'wrong table' },
    ]);
    expect(await entriesOf(() => cancel(runId))).toEqual([]);
    const rerun = await entriesOf(() => t.engineer.call(RerunRun, { params: { runId }, body: { from: 'start' } }));
    expect(rerun).toMatchObject([{ action: 'run.rerun', details: { of: { id: runId }, from: 'start' } }]);
    await cancel(rerun[0]?.subject.id ?? '');
  });

  test('about a pool is entered with its slots', async () => {
    const params = { environment: 'int', name: 'sql' };
    expect(await entriesOf(() => t.engineer.call(SetPool, { params, body: { slots: 3 } }))).toMatchObject([
      { action: 'pool.set', actor: { name: 'erin' }, subject: { id: 'int/sql', name: 'sql' }, details: { slots: 3 } },
    ]);
  });

  test('about an uncertain attempt is entered with the person, or with the policy', async () => {
    const byPerson = await startUncertain();
    const params = { attemptId: byPerson.attemptId };
    const given = await entriesOf(() => t.engineer.call(GiveUpAttempt, { params, body: {} }));
    expect(given).toMatchObject([
      { action: 'attempt.given-up', actor: { kind: 'person', name: 'erin' }, subject: { id: byPerson.attemptId } },
    ]);
    const byPolicy = await startUncertain();
    const lost = await entriesOf(async () => {
      await ageSilence(t.databaseUrl, byPolicy.sessionId, 1000);
      await expect
        .poll(async () => (await listEntries()).at(-1)?.subject.id, { timeout: 20_000 })
        .toBe(byPolicy.attemptId);
    });
    expect(lost).toMatchObject([
      { actor: { kind: 'policy', name: 'lost-after' }, details: { reasonCode: 'AGENT_LOST' } },
    ]);
  });

  test('to open a console is entered for the link and for the session', async () => {
    let link = '';
    const made = await entriesOf(async () => {
      link = (await t.engineer.call(CreateConsoleLink)).link;
    });
    expect(made).toMatchObject([{ action: 'console-link.issued', actor: { kind: 'person', name: 'erin' } }]);
    expect(await entriesOf(() => t.engineer.call(OpenConsole, { body: { link } }))).toMatchObject([
      { action: 'console-session.opened', subject: { kind: 'person', id: 'erin' }, details: { role: 'engineer' } },
    ]);
  });

  test('that was refused leaves nothing', async () => {
    const unknown = '01890000-0000-7000-8000-000000000000';
    const refusals = [
      () => t.engineer.call(StartRun, { body: { pipeline: 'none', environment: 'int' } }),
      () => t.engineer.call(StartRun, { body: { pipeline: 'daily', environment: 'int', parameters: { odd: 1 } } }),
      () => cancel(unknown),
      () => t.engineer.call(RerunRun, { params: { runId: unknown }, body: { from: 'start' } }),
      () => t.engineer.call(GiveUpAttempt, { params: { attemptId: unknown }, body: {} }),
      () => t.engineer.call(SetPool, { params: { environment: 'none', name: 'p' }, body: { slots: 1 } }),
      () => t.engineer.call(OpenConsole, { body: { link: 'used' } }),
      () => start(t.clientOf(t.tokens.viewer)),
      () => admin.revokeAccess('nobody'),
    ];
    const left = await entriesOf(async () => {
      for (const refused of refusals) await expect(refused()).rejects.toThrow();
    });
    expect(left).toEqual([]);
  });
});

describe('a decision and its entry', () => {
  async function withBroken(table: string, work: () => Promise<void>): Promise<void> {
    await withConnection(t.databaseUrl, async (client) => {
      await client.query(
        `create function break_commit() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$`,
      );
      await client.query(
        `create constraint trigger break_commit after insert on ${table} initially deferred for each row execute function break_commit()`,
      );
      try {
        await work();
      } finally {
        await client.query('drop function break_commit cascade');
      }
    });
  }

  test('are rolled back together, whichever of them fails at the commit', async () => {
    for (const table of ['runs', 'audit_entries']) {
      const before = await countRuns();
      const left = await entriesOf(() =>
        withBroken(table, () => expect(start()).rejects.toMatchObject({ code: 'INTERNAL_ERROR' })),
      );
      expect([table, left, await countRuns()]).toEqual([table, [], before]);
    }
    expect(await entriesOf(() => start())).toHaveLength(1);
  });

  async function countRuns(): Promise<number> {
    return withConnection(t.databaseUrl, async (client) => (await client.query('select from runs')).rowCount ?? 0);
  }
});

test('no entry holds a token, and all words are known', async () => {
  const text = JSON.stringify(await listEntries());
  for (const token of Object.values(t.tokens)) expect(text).not.toContain(token);
  expect(text).not.toMatch(/towpath_(?:agent|access|link|session)_/);
  for (const { action } of await listEntries()) expect(Object.keys(AUDIT_ACTIONS)).toContain(action);
});

test('entries are listed newest first, by page and by filter', async () => {
  const all = (await listEntries()).reverse();
  const list = (query: object) => t.engineer.call(ListAudit, { query });
  const pages = [];
  let after: string | undefined;
  do {
    const page = await list({ limit: 7, ...(after !== undefined && { after }) });
    pages.push(...page.entries);
    after = page.next ?? undefined;
  } while (after !== undefined);
  expect(pages.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence));
  const numbers = async (query: object) =>
    (await list({ limit: 200, ...query })).entries.map(({ sequence }) => sequence);
  const expected = (matches: (entry: (typeof all)[number]) => boolean) =>
    all.filter(matches).map(({ sequence }) => sequence);
  expect(await numbers({ environment: 'qa' })).toEqual(expected(({ environment }) => environment === 'qa'));
  expect(await numbers({ actor: 'erin' })).toEqual(expected(({ actor }) => actor.name === 'erin'));
  expect(await numbers({ action: 'run' })).toEqual(expected(({ action }) => action.startsWith('run.')));
  expect(await numbers({ action: 'run.started' })).toEqual(expected(({ action }) => action === 'run.started'));
  expect(await numbers({ action: 'ru' })).toEqual([]);
  expect(await numbers({ subject: 'pia' })).toEqual(expected(({ subject }) => subject.id === 'pia'));
  const since = all.at(5)?.at ?? '';
  expect(await numbers({ since })).toEqual(expected(({ at }) => at >= since));
});
