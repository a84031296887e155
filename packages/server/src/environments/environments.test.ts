// Environments over the API: applied whole or not at all, never by surprise; and what agents say they resolved.
import {
  ApplyEnvironments,
  type DeclaredEnvironment,
  GetConfiguration,
  ListAudit,
  ListEnvironments,
  ReportConfiguration,
} from '@towpath/api';
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

type Declaration = Partial<DeclaredEnvironment> & Pick<DeclaredEnvironment, 'name' | 'kind'>;
const INT: Declaration = { name: 'int', kind: 'shared' };
const PROD: Declaration = { name: 'prod', kind: 'production', owns: { hosts: ['*.prod.example'] } };

const apply = (environments: readonly Declaration[], more: object = {}) =>
  t.administrator.call(ApplyEnvironments, {
    body: { project: 'finks', environments: [...environments], isWhole: true, ...more },
  });
const list = async () => (await t.engineer.call(ListEnvironments)).environments;
const changesOf = async (...args: Parameters<typeof apply>) =>
  (await apply(...args)).changes.map(({ name, change }) => `${name} ${change}`);

describe('applying a declaration', () => {
  test('makes environments be as declared, in their order, and says what changed', async () => {
    const qa: Declaration = { name: 'qa', kind: 'shared', sizing: { cpu: 2 }, zones: { bronze: 'qa-bronze-zone' } };
    expect(await changesOf([INT, qa, PROD])).toEqual(['int changed', 'qa added', 'prod changed']);
    const environments = await list();
    expect(environments.map(({ name, kind, colour }) => [name, kind, colour])).toEqual([
      ['int', 'shared', 'blue'],
      ['qa', 'shared', 'blue'],
      ['prod', 'production', 'red'],
    ]);
    expect(environments[1]).toMatchObject({ declaration: qa, declared: { project: 'finks', by: 'ada' } });
    expect(await changesOf([INT, qa, PROD])).toEqual(['int unchanged', 'qa unchanged', 'prod unchanged']);
    expect(await changesOf([qa, INT, PROD])).toEqual(['qa changed', 'int changed', 'prod unchanged']);
  });

  test('enters each change in the audit, and nothing when there is none', async () => {
    await apply([INT, PROD], { why: 'first' });
    await apply([INT, PROD], { why: 'second' });
    const entries = await waitFor('the entries to be linked', 10_000, async () => {
      const query = { action: 'environment', actor: 'ada' };
      const found = (await t.engineer.call(ListAudit, { query })).entries;
      return found.length === 2 && found;
    });
    expect(entries.map(({ subject, why, details }) => [subject.name, why, details.kind])).toEqual([
      ['prod', 'first', 'production'],
      ['int', 'first', 'shared'],
    ]);
  });

  test('never changes a kind without being told so by name', async () => {
    const loose: Declaration = { name: 'prod', kind: 'shared' };
    const before = await list();
    await expect(apply([{ name: 'qa', kind: 'shared' }, INT, loose])).rejects.toMatchObject({
      code: 'ENVIRONMENT_KIND_CHANGED',
      status: 409,
    });
    expect(await list()).toEqual(before);
    const { changes } = await apply([INT, loose], { kindChanges: ['prod'] });
    expect(changes[1]).toEqual({ name: 'prod', change: 'changed', kindBefore: 'production' });
  });

  test('lets an unused environment go, and no other', async () => {
    const qa: Declaration = { name: 'qa', kind: 'shared' };
    await apply([INT, qa, PROD]);
    expect(await changesOf([INT, PROD])).toEqual(['int unchanged', 'prod changed', 'qa withdrawn']);
    expect((await list()).map(({ name }) => name)).toEqual(['int', 'prod']);
    await startRunOf(t, [buildTask('one')]);
    await expect(apply([PROD])).rejects.toMatchObject({ code: 'ENVIRONMENT_IN_USE' });
    expect(await changesOf([PROD], { isWhole: false })).toEqual(['prod changed']);
    expect((await list()).map(({ name }) => name)).toContain('int');
  });

  test('refuses an environment of another project, one that is named twice, and an engineer', async () => {
    await apply([INT]);
    await expect(apply([INT], { project: 'other' })).rejects.toMatchObject({ code: 'ENVIRONMENT_OF_OTHER_PROJECT' });
    await expect(apply([INT, INT])).rejects.toMatchObject({ code: 'ENVIRONMENT_DUPLICATE' });
    const body = { project: 'finks', environments: [INT], isWhole: true };
    await expect(t.engineer.call(ApplyEnvironments, { body })).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('as a dry run says the same and changes nothing', async () => {
    const before = await list();
    expect(await changesOf([INT, { name: 'qa', kind: 'shared' }], { isDryRun: true })).toContain('qa added');
    expect(await list()).toEqual(before);
  });

  test('of two projects at once follows one after the other', async () => {
    const [one, two] = await Promise.allSettled([
      apply([{ name: 'qa', kind: 'shared' }], { project: 'one' }),
      apply([{ name: 'qa', kind: 'shared' }], { project: 'two' }),
    ]);
    expect([one.status, two.status].sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('a resolved configuration', () => {
  const REPORT = { hash: 'h', values: [], problems: [], targets: [], channels: [] };
  const CHANNEL = 'c'.repeat(64);

  test('is kept as the agent told it last, and survives a new session', async () => {
    const { sessionId } = await openSimulatedAgent(t.agent);
    const value = { source: 'envFile', place: { file: 'config/.env.int', line: 3 }, rules: ['url'] };
    const values = [
      { name: 'API_URL', text: 'https://api.int.example', mask: null, type: 'url', ...value },
      { name: 'API_KEY', text: null, mask: 'secret://api#key', type: 'string', ...value },
    ];
    const targets = [{ name: 'bronze', type: 'postgres', verdict: 'own' as const, claimedBy: 'int' }];
    await t.agent.call(ReportConfiguration, { params: { sessionId }, body: REPORT });
    await t.agent.call(ReportConfiguration, { params: { sessionId }, body: { ...REPORT, values, targets } });
    await openSimulatedAgent(t.agent);
    const { configurations } = await t.engineer.call(GetConfiguration, { params: { environment: 'int' } });
    expect(configurations).toMatchObject([{ agent: 'first', hash: 'h', values, targets }]);
    expect(JSON.stringify(configurations)).not.toContain('channels');
  });

  test('is refused from a session that has ended, and unknown environments are said to be', async () => {
    const { sessionId } = await openSimulatedAgent(t.agent);
    await openSimulatedAgent(t.agent);
    const late = t.agent.call(ReportConfiguration, { params: { sessionId }, body: REPORT });
    await expect(late).rejects.toMatchObject({ code: 'SESSION_ENDED' });
    const unknown = t.engineer.call(GetConfiguration, { params: { environment: 'none' } });
    await expect(unknown).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
  });

  test('A89 a channel that two environments name is refused to both, and never shared with production', async () => {
    await apply([INT, { name: 'qa', kind: 'shared' }, PROD]);
    const report = async (client: typeof t.agent, isShared: boolean) => {
      const { sessionId } = await openSimulatedAgent(client);
      const channels = [{ sink: 'chat', channel: CHANNEL, isShared }];
      const reply = await client.call(ReportConfiguration, { params: { sessionId }, body: { ...REPORT, channels } });
      return reply.refusedSinks;
    };
    expect(await report(t.agent, true)).toEqual([]);
    expect(await report(t.clientOf(t.tokens.prodAgent), true)).toEqual([{ sink: 'chat', environment: 'int' }]);
    expect(await report(t.agent, true)).toEqual([{ sink: 'chat', environment: 'prod' }]);
  });
});
