// What a monitoring system reads, as one that knows nothing but the text format.
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrate } from '../db/migrate.ts';
import { buildTask, startRunOf } from '../testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
let agent: SimulatedAgent;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  agent = await openSimulatedAgent(t.agent);
});
afterAll(() => t.close());

async function scrape(token = t.tokens.viewer): Promise<ReadonlyMap<string, number>> {
  const answer = await fetch(`${t.server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  const lines = (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const [, series = '', value = ''] = /^([a-zA-Z_:][\w:]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
      expect(series, line).not.toBe('');
      return [series, Number(value)] as const;
    }),
  );
}

test('A92 metrics say what lives in each environment, and how the last run of a pipeline ended', async () => {
  await startRunOf(t, [buildTask('a'), buildTask('b')], 'hourly');
  const [grant] = await agent.claim(1);
  const during = await scrape();
  expect(during.get('towpath_build_info{version="1.2.3"}')).toBe(1);
  expect(during.get('towpath_live_attempts{environment="int",state="granted"}')).toBe(1);
  expect(during.get('towpath_ready_tasks{environment="int",pool=""}')).toBe(1);
  expect(during.get('towpath_oldest_ready_task_age_seconds{environment="int"}')).toBeGreaterThanOrEqual(0);
  expect(during.get('towpath_live_runs{environment="int",state="running"}')).toBe(1);
  expect(during.get('towpath_agents{environment="int"}')).toBe(1);
  expect(during.get('towpath_agents{environment="prod"}')).toBe(0);

  await agent.finish(grant ? [grant] : []);
  await agent.finish(await agent.claim(), { outcome: 'failed', exitCode: 3 });
  const after = await scrape();
  const ended = after.get('towpath_last_run_end_timestamp_seconds{environment="int",pipeline="hourly",state="failed"}');
  expect(Math.abs((ended ?? 0) - Date.now() / 1000)).toBeLessThan(60);
  expect([...after.keys()].filter((series) => /^towpath_(?:live_attempts|live_runs|ready_tasks)/.test(series))).toEqual(
    [],
  );
  const asked = 'towpath_http_request_duration_seconds_count{method="GET",route="/metrics",status="200"}';
  expect(after.get(asked)).toBe(1);
});

test('A92 metrics are nobody’s who did not sign in, nor an agent’s', async () => {
  expect((await fetch(`${t.server.url}/metrics`)).status).toBe(401);
  const headers = { authorization: `Bearer ${t.tokens.agent}` };
  expect((await fetch(`${t.server.url}/metrics`, { headers })).status).toBe(403);
});

test('an address that is no route makes no series of its own', async () => {
  for (const path of ['/api/x/1', '/api/x/2']) await fetch(`${t.server.url}${path}`);
  const series = [...(await scrape()).keys()].filter((name) => name.includes('/api/x/'));
  expect(series).toEqual([]);
});
