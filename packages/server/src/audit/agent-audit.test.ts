// What agents tell the audit: entered once however often it is told, and always as their own environment's.
import { type AgentAuditEntry, ListAudit, ReportAgentAudit, type SecretReadEntry } from '@towpath/api';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const AT = '2026-03-01T06:00:00.000Z';

function buildRead(number: number, more: Partial<SecretReadEntry> = {}): SecretReadEntry {
  const secret = { kind: 'secret', secret: 'warehouse', field: 'password', provider: 'file' } as const;
  const end = { purpose: 'attempt', source: 'provider', outcome: 'read', code: null } as const;
  return { id: idOf(number), at: AT, attemptId: null, ...secret, ...end, ...more };
}

const tell = (entries: readonly AgentAuditEntry[], client = t.agent) =>
  client.call(ReportAgentAudit, { body: { entries: [...entries] } });

const waitForEntries = (count: number, action = 'secret') =>
  waitFor(`${count} entries`, 10_000, async () => {
    const { entries } = await t.engineer.call(ListAudit, { query: { action } });
    return entries.length >= count && entries.toReversed();
  });

async function claimAttempt(client = t.agent): Promise<string> {
  const agent = await openSimulatedAgent(client);
  await startRunOf(t, [buildTask('copy')], 'load');
  const [grant] = await agent.claim(1);
  return grant?.attemptId ?? expect.fail('nothing was granted');
}

describe('an agent', () => {
  test('A49 enters reads of secrets with run, task and outcome, in the order it tells them', async () => {
    const attemptId = await claimAttempt();
    const refusal = {
      secret: '/prod/api',
      field: null,
      source: null,
      outcome: 'foreign',
      code: 'SECRET_FOREIGN',
    } as const;
    await tell([buildRead(1, { attemptId }), buildRead(2, { attemptId, ...refusal })]);
    expect(await waitForEntries(2)).toMatchObject([
      {
        action: 'secret.read',
        actor: { kind: 'agent', name: 'first' },
        subject: { kind: 'secret', name: 'secret://warehouse#password' },
        environment: 'int',
        why: 'for load-int #1, task copy',
        details: { run: 'load-int #1', task: 'copy', attempt: 1, attemptId, source: 'provider', readAt: AT },
      },
      {
        action: 'secret.refused',
        subject: { id: 'int/secret:///prod/api' },
        why: 'for load-int #1, task copy: SECRET_FOREIGN',
        details: { outcome: 'foreign', code: 'SECRET_FOREIGN', provider: 'file' },
      },
    ]);
  });

  test('may tell it again and again, also at once: it is entered once', async () => {
    const entries = [buildRead(1), buildRead(2), buildRead(1)];
    await Promise.all([tell(entries), tell(entries), tell(entries)]);
    await tell([...entries, buildRead(3)]);
    expect((await waitForEntries(3)).map(({ details }) => details.secret)).toEqual(Array(3).fill('warehouse'));
  });

  test('of one environment can neither speak for another nor learn the name of its attempts', async () => {
    const attemptId = await claimAttempt();
    const prod = t.clientOf(t.tokens.prodAgent);
    await tell([buildRead(1, { attemptId })], prod);
    await tell([buildRead(1)]);
    const entries = await waitForEntries(2);
    expect(entries.map(({ environment, why }) => [environment, why])).toEqual([
      ['prod', 'for an attempt that this environment does not have'],
      ['int', 'for the agent itself'],
    ]);
    expect(entries[0]?.details).not.toHaveProperty('run');
  });

  test('A7 enters what a person allowed it to be started with', async () => {
    const contradictions = [{ variable: 'DBT_TARGET', given: 'prod', derived: 'int' }];
    await tell([{ kind: 'contradiction', id: idOf(9), at: AT, contradictions, why: 'a rehearsal', startedBy: 'olga' }]);
    expect(await waitForEntries(1, 'environment.contradiction-allowed')).toMatchObject([
      {
        actor: { kind: 'agent', name: 'first' },
        environment: 'int',
        why: 'a rehearsal',
        details: { contradictions, chosen: 'int', startedBy: 'olga' },
      },
    ]);
  });

  test('is refused when it says more than an entry holds, and nothing is entered', async () => {
    const bad = { ...buildRead(1), value: 'hunter-22' };
    await expect(tell([buildRead(2), bad])).rejects.toMatchObject({ status: 400 });
    expect((await t.engineer.call(ListAudit, { query: { action: 'secret' } })).entries).toEqual([]);
  });
});
