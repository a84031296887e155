// docs/reference/http-api.md, executed: its curl lines in its order, against a real server.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { GetAuditStatus, RegisterCode, ReportDatakits } from '@towpath/api';
import { splitCommand } from '@towpath/core';
import { migrate } from '@towpath/server';
import { createTestDatabase, spawnProcess, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildGraph, buildRegistration, buildTask } from '../packages/server/src/testing/builders.ts';
import { openSimulatedAgent, type SimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../docs/reference/http-api.md', import.meta.url)), 'utf8');

/** What each command prints, in their order; 28 is curl's own time limit. */
const EXPECTED: readonly { readonly code: number; readonly output: RegExp }[] = [
  {
    code: 0,
    output: /^\{"name":"erin","role":"engineer","csrf":null,"version":"1\.2\.3",.*"from":"credential"\}\]\}$/,
  },
  { code: 0, output: /"name":"daily-int #1".*"note":"by hand"/ },
  { code: 0, output: /"parameters":\{"full":true\}/ },
  { code: 0, output: /"title":"int has no run #99\.","status":404,"code":"RUN_UNKNOWN"/ },
  { code: 0, output: /^\{"runs":\[.*\],"next":null\}$/ },
  {
    code: 0,
    output:
      /^\{"datakits":\[\{"name":"kit",.*"observed":\{.*"platformVersion":"0\.1\.0".*"code":"platform-too-old".*"next":null\}$/,
  },
  { code: 28, output: /\nid: \d+\ndata: \{"id":"\d+","kind":"run\.planned",.*"environment":"int"/ },
  { code: 0, output: /^\{"entries":\[\{"sequence":\d+,.*"action":"run\.started"/ },
  { code: 0, output: /^\{"kind":"entry","sequence":1,.*\n/ },
];

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const graph = { ...buildGraph('daily', [buildTask('a')]), parameters: { full: { type: 'boolean' } } as const };
  await t.agent.call(RegisterCode, { body: buildRegistration([graph]) });
  await reportKit(await openSimulatedAgent(t.agent));
});
afterAll(() => t.close());

it('every curl line of the page about the API does what the page says', async () => {
  const lines = [...PAGE.matchAll(/```sh\n(.*)\n```/g)].map(([, line = '']) => line);
  expect(lines).toHaveLength(EXPECTED.length);
  for (const [i, line] of lines.entries()) {
    if (line.includes('/api/audit')) await untilLinked();
    const filled = line.replaceAll('$TOWPATH_SERVER', t.server.url).replaceAll('$TOWPATH_TOKEN', t.tokens.engineer);
    const [command = '', ...args] = splitCommand(filled);
    expect(command).toBe('curl');
    const curl = await spawnProcess({ command, args });
    try {
      const { code } = await curl.waitForExit();
      expect([line, code]).toEqual([line, EXPECTED[i]?.code]);
      expect(curl.stdout()).toMatch(EXPECTED[i]?.output ?? /never/);
    } finally {
      await curl.destroy();
    }
  }
});

/** `kit` 1.4.0 needs a newer Towpath than its agent is. */
async function reportKit({ sessionId }: SimulatedAgent): Promise<void> {
  const versions = [{ version: '1.4.0', digest: `sha256:${'a'.repeat(64)}`, minimumPlatform: '0.2.0' }];
  const datakits = [{ name: 'kit', named: ['1.4.0'], versions, error: null }];
  const body = { source: 'registry', platformVersion: '0.1.0', memoryMiB: null, datakits } as const;
  await t.agent.call(ReportDatakits, { params: { sessionId }, body: { ...body, datakits } });
}

async function untilLinked(): Promise<void> {
  await waitFor('the audit to be linked', 10_000, async () => (await t.engineer.call(GetAuditStatus)).unlinked === 0);
}
