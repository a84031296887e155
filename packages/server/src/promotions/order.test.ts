// Releases come one way, through each environment in turn: the orders that documents 000, 002, 003 and 004 name.
import { ApplyEnvironments, type Client, CreateRelease, OpenPromotion, type ReleaseView } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { buildRelease, deploy } from '../testing/released.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

interface Stage {
  readonly environment: string;
  readonly agentClient: Client;
  readonly agent: SimulatedAgent;
}

describe.each([
  ['dev, staging, prod', ['dev', 'staging', 'prod']],
  ['INT, QA, PROD', ['INT', 'QA', 'PROD']],
  ['A, B', ['A', 'B']],
])('A71 the order %s', (_, names) => {
  let t: TestServer;
  let stages: Stage[];
  beforeAll(async () => {
    t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
    const environments = ['laptop', ...names].map(
      (name, at) => ({ name, kind: at === 0 ? 'local' : 'shared' }) as const,
    );
    await t.administrator.call(ApplyEnvironments, {
      body: { project: 'ordered', environments, isWhole: true, kindChanges: names },
    });
    const admin = await openAdmin(t.databaseUrl);
    stages = [];
    for (const environment of names) {
      const agentClient = t.clientOf(await admin.issueAgentCredential({ environment, agent: 'only' }));
      stages.push({ environment, agentClient, agent: await openSimulatedAgent(agentClient) });
    }
    await admin.close();
  });
  afterAll(() => t.close());

  const record = async (version: string): Promise<ReleaseView> =>
    (await t.engineer.call(CreateRelease, { body: { ...buildRelease(version), project: 'ordered' } })).release;
  const open = async (releaseId: string, environment: string) =>
    t.engineer.call(OpenPromotion, { body: { releaseId, environment } });

  test('skips no environment, and each gets what the one before it ran', async () => {
    const { id } = await record('v1.0.0');
    const other = await record('v1.0.1');
    for (const [at, stage] of stages.entries()) {
      for (const { environment } of stages.slice(at + 1))
        expect(await open(id, environment)).toMatchObject({ state: 'failed', endCode: 'ORDER_SKIPPED' });
      await deploy({ person: t.engineer, ...stage }, id, stage.environment);
      // Another content has been nowhere.
      const next = stages[at + 1];
      if (next) expect(await open(other.id, next.environment)).toMatchObject({ endCode: 'ORDER_SKIPPED' });
    }
  });

  test('begins behind the laptop, which takes no release', async () => {
    const { id } = await record('v2.0.0');
    expect(await open(id, 'laptop')).toMatchObject({ state: 'failed', endCode: 'ENVIRONMENT_LOCAL' });
  });
});
