// (c) No-op tasks through the whole control plane: server and PostgreSQL as they are, agents that only talk. Says how many
// tasks per second one server grants and finishes, each with its states, counters and events written durably.
import { randomBytes } from 'node:crypto';
import {
  AGENT_PROTOCOL,
  type AttemptGrant,
  ClaimAttempts,
  type Client,
  FinishAttempts,
  GetRun,
  OpenSession,
  RegisterCode,
  StartRun,
} from '@towpath/api';
import { isTerminalRunState } from '@towpath/core';
import { type ControlPlane, withControlPlane } from './control-plane.ts';
import { type BenchRow, summarize } from './rows.ts';

const AGENTS = 4;
/** Attempts an agent holds, and reports, at a time. */
const SLOTS = 100;
const RUNS = 10;
const TASKS = 1_000;
const SAMPLES = 3;

/** Measures tasks per second. */
export async function measureThroughput(): Promise<readonly BenchRow[]> {
  return withControlPlane(AGENTS, async (plane) => {
    const rates: number[] = [];
    for (let i = 0; i < SAMPLES; i += 1) rates.push(await measureRate(plane, i));
    const row = {
      id: 'throughput',
      what: `no-op tasks through the control plane, ${AGENTS} agents, ${RUNS} runs of ${TASKS} tasks`,
      unit: 'tasks/s' as const,
      mark: 1_000,
    };
    return [summarize(row, rates)];
  });
}

async function measureRate({ client, agents }: ControlPlane, sample: number): Promise<number> {
  const pipeline = `noop-${sample}`;
  const [registrar] = agents;
  await registrar?.call(RegisterCode, { body: registrationOf(pipeline) });
  const body = { pipeline, environment: 'bench' };
  const runs = await Promise.all(Array.from({ length: RUNS }, () => client.call(StartRun, { body })));
  const from = performance.now();
  const counts = await Promise.all(agents.map((agent, index) => workUntilIdle(agent, `${sample}-${index}`)));
  const seconds = (performance.now() - from) / 1000;
  for (const { id } of runs) {
    const { state, name } = await client.call(GetRun, { params: { runId: id } });
    if (!isTerminalRunState(state)) throw new Error(`${name} is ${state} though no agent finds work`);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total !== RUNS * TASKS) throw new Error(`${total} tasks were finished instead of ${RUNS * TASKS}`);
  return total / seconds;
}

function registrationOf(pipeline: string) {
  const tasks = Array.from({ length: TASKS }, (_, i) => ({
    id: `t${i}`,
    kind: 'datakit' as const,
    datakit: { name: 'noop', version: '1.0.0' },
    argv: ['true'],
    environmentVariables: {},
    dependsOn: [],
    retry: { limit: 0, delaySeconds: 0 },
    timeoutSeconds: 60,
    idempotent: true,
  }));
  const graph = { schemaVersion: 1 as const, pipeline, description: '', tasks };
  const sourceHash = randomBytes(32).toString('hex');
  return { name: pipeline, sourceHash, pipelines: [{ sourceFile: 'bench.ts', graph }], error: null };
}

/** Claims, and finishes at once what was granted, until nothing is left. Returns how many tasks. */
async function workUntilIdle(agent: Client, host: string): Promise<number> {
  const { sessionId } = await agent.call(OpenSession, {
    body: { host, bootId: host, version: 'bench', protocol: AGENT_PROTOCOL, leftovers: [] },
  });
  const params = { sessionId };
  const claim = async () => (await agent.call(ClaimAttempts, { params, body: { slots: SLOTS, waitMs: 0 } })).attempts;
  let finished = 0;
  for (let held = await claim(); held.length > 0; ) {
    const attempts = held.map(toFinish);
    finished += attempts.length;
    held = (await agent.call(FinishAttempts, { params, body: { attempts, slots: SLOTS } })).attempts;
    if (held.length === 0) held = await claim();
  }
  return finished;
}

function toFinish({ attemptId, epoch }: AttemptGrant) {
  const outcome = { outcome: 'succeeded', exitCode: 0, reasonCode: null, reason: null, result: null } as const;
  return { attemptId, epoch, ...outcome, logLengthBytes: 0, executedMs: 1 };
}
