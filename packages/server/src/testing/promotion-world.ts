// int and prod with an agent each, and people of every role: what tests of promotions start from.
import { ApplyPolicy, type Client, GiveSignOff, OpenPromotion, type PromotionView } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import type { ServerOptions } from '../start-server.ts';
import { ageDeployment, deploy, runDaily } from './released.ts';
import { openSimulatedAgent, type SimulatedAgent } from './simulated-agent.ts';
import { startTestServer, type TestServer } from './test-server.ts';

/** A server, its agents and people. */
export interface World extends TestServer {
  readonly rita: Client;
  readonly rob: Client;
  readonly bo: Client;
  readonly eva: Client;
  /** The VP. */
  readonly vera: Client;
  /** On call. */
  readonly otto: Client;
  readonly prodAgentClient: Client;
  readonly int: SimulatedAgent;
  readonly prod: SimulatedAgent;
}

/** Environments int and prod (production, shipped policy), an agent each, and people of every role. */
export async function startWorld(options: Partial<ServerOptions> = {}): Promise<World> {
  const t = await startTestServer(await createTestDatabase({ template: 'state', migrate }), options);
  const admin = await openAdmin(t.databaseUrl);
  const rob = t.clientOf(await admin.issueAccessToken({ name: 'rob', role: 'release-manager' }));
  const eva = t.clientOf(await admin.issueAccessToken({ name: 'eva', role: 'engineer' }));
  await admin.close();
  const prodAgentClient = t.clientOf(t.tokens.prodAgent);
  return {
    ...t,
    rob,
    eva,
    vera: t.clientOf(t.tokens.vp),
    otto: t.clientOf(t.tokens.onCall),
    rita: t.clientOf(t.tokens.releaseManager),
    bo: t.clientOf(t.tokens.business),
    prodAgentClient,
    int: await openSimulatedAgent(t.agent),
    prod: await openSimulatedAgent(prodAgentClient),
  };
}

/** Brings a release into int, which lets all in. */
export const deployToInt = (w: World, releaseId: string) =>
  deploy({ person: w.engineer, agentClient: w.agent, agent: w.int }, releaseId, 'int');

/** Asks, as rita, for a release in prod, with a rollback plan. */
export const askForProd = (w: World, releaseId: string, more: object = {}) =>
  w.rita.call(OpenPromotion, {
    body: { releaseId, environment: 'prod', rollbackPlan: 'Back to the one before.', ...more },
  });

/** Signs a release off for prod, or refuses it. */
export const signOff = (
  client: Client,
  releaseId: string,
  decision: 'approved' | 'refused' = 'approved',
  note = 'looked at it',
) => client.call(GiveSignOff, { body: { releaseId, environment: 'prod', decision, note } });

/** `soak SOAK_RUNNING`, for each gate that is red. */
export const listRed = ({ verdicts }: Pick<PromotionView, 'verdicts'>) =>
  verdicts.filter(({ decision }) => decision !== 'allow').map(({ gate, code }) => `${gate} ${code}`);

/** The policy of tests that are about something else: production at any time. */
export const openCalendar = (w: World) =>
  w.administrator.call(ApplyPolicy, {
    body: { policy: { schemaVersion: 1, kinds: { production: { freeze: null } } }, note: 'a test' },
  });

/** Everything prod wants of a release that runs in int. */
export async function makeReady(w: World, id: string): Promise<void> {
  await ageDeployment(w.databaseUrl, 'int', 24);
  for (let cycle = 0; cycle < 2; cycle += 1) await runDaily({ person: w.engineer, agent: w.int }, 'int');
  for (const client of [w.eva, w.bo, w.rob]) await signOff(client, id);
}
