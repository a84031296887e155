// Releases in tests: recorded like others, brought into environments by simulated agents, and aged instead of waited for.
import {
  type Client,
  CreateRelease,
  type FinishedAttempt,
  GetPromotion,
  OpenPromotion,
  type PromotionView,
  type ReleaseView,
  ReportRelease,
  StartRun,
  WatchRelease,
} from '@towpath/api';
import type { Graph } from '@towpath/core';
import { waitFor } from '@towpath/testkit';
import { withConnection } from '../db/database.ts';
import { HINT_CHANNEL } from '../hints/hints.ts';
import { buildGraph, buildTask } from './builders.ts';
import type { SimulatedAgent } from './simulated-agent.ts';

/** Body of a release of one pipeline `daily`; `content` makes it another release. */
export function buildRelease(version: string, content = version, graphs: readonly Graph[] = [buildDaily(content)]) {
  return {
    project: 'markets',
    version,
    changelog: `What ${version} brings.`,
    gitSha: Buffer.from(content).toString('hex').padEnd(40, '0').slice(0, 40),
    createdFrom: 'ci',
    pipelines: graphs.map((graph) => ({ sourceFile: `pipelines/${graph.pipeline}.ts`, graph })),
    pools: {},
    configurationHash: 'c'.repeat(64),
  };
}

function buildDaily(content: string): Graph {
  return buildGraph('daily', [buildTask('load', { argv: ['echo', content] })]);
}

/** Records one. */
export async function recordRelease(client: Client, version: string, content = version): Promise<ReleaseView> {
  return (await client.call(CreateRelease, { body: buildRelease(version, content) })).release;
}

/** Lets an agent load whatever its environment shall run, and say so; returns its id. */
export async function loadDesired(client: Client, { sessionId }: SimulatedAgent, error: string | null = null) {
  const params = { sessionId };
  const { release } = await client.call(WatchRelease, { params, body: { waitMs: 10_000 } });
  const releaseId = release?.id ?? null;
  await client.call(ReportRelease, {
    params,
    body: { releaseId, error: error === null ? null : { code: error, message: 'It would not.' } },
  });
  return releaseId;
}

/** Waits until a promotion is in one of these states. */
export function waitForPromotion(
  client: Client,
  promotionId: string,
  ...states: readonly PromotionView['state'][]
): Promise<PromotionView> {
  return waitFor(`promotion ${promotionId} to be ${states.join(' or ')}`, 20_000, async () => {
    const promotion = await client.call(GetPromotion, { params: { promotionId } });
    if (!states.includes(promotion.state)) throw new Error(JSON.stringify(promotion));
    return promotion;
  });
}

/** Brings a release into an environment that lets it in at once. */
export async function deploy(
  { person, agentClient, agent }: { person: Client; agentClient: Client; agent: SimulatedAgent },
  releaseId: string,
  environment: string,
): Promise<PromotionView> {
  const { id } = await person.call(OpenPromotion, { body: { releaseId, environment } });
  await loadDesired(agentClient, agent);
  return waitForPromotion(person, id, 'succeeded');
}

/** Starts a run of `daily` and lets it end like this. */
export async function runDaily(
  { person, agent }: { person: Client; agent: SimulatedAgent },
  environment: string,
  outcome: 'succeeded' | 'failed' = 'succeeded',
  result: FinishedAttempt['result'] = null,
): Promise<string> {
  const run = await person.call(StartRun, { body: { pipeline: 'daily', environment } });
  const grants = await agent.claim();
  await agent.start(grants);
  await agent.finish(grants, outcome === 'succeeded' ? { result } : { outcome, exitCode: 1 });
  return run.id;
}

/** Lets the current deployment of an environment have begun so many hours earlier, its runs included, and wakes the servers. */
export function ageDeployment(databaseUrl: string, environment: string, hours: number): Promise<void> {
  return withConnection(databaseUrl, async (client) => {
    await client.query(
      `update deployments set started_at = started_at - make_interval(hours => $2) where environment = $1 and ended_at is null`,
      [environment, hours],
    );
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']);
  });
}

/** Lets a promotion that runs have done so for so many minutes. */
export function ageRunningPromotion(databaseUrl: string, environment: string, minutes: number): Promise<void> {
  return withConnection(databaseUrl, async (client) => {
    await client.query(
      `update promotions
       set started_at = started_at - make_interval(mins => $2), ask_again_at = ask_again_at - make_interval(mins => $2)
       where environment = $1 and state = 'running'`,
      [environment, minutes],
    );
    await client.query('select pg_notify($1, $2)', [HINT_CHANNEL, 'promotions']);
  });
}
