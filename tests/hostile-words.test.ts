// Words of others through the real executable: whoever names an agent, writes a log or answers a request must not steer the
// terminal of who reads it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppendLog, RegisterCode } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase, requirePart, spawnProcess } from '@towpath/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildGraph, buildRegistration, buildTask, startRunOf } from '../packages/server/src/testing/builders.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';
import { TOWPATH } from './support/test-project.ts';

/** Clears the screen, writes the clipboard, begins a CSI as one C1 character, overwrites the line, turns the text. */
const HOSTILE = '\u001b[2J\u001b]52;c;cm0gLXJm\u0007\u009b1A\rok \u202etxt';
const SHOWN = '\\u001b[2J\\u001b]52;c;cm0gLXJm\\u0007\\u009b1A\\u000dok \\u202etxt';

let t: TestServer;
beforeEach(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterEach(() => t.close());

async function towpath(args: readonly string[], url = t.server.url) {
  const env = { TOWPATH_SERVER: url, TOWPATH_TOKEN: t.tokens.engineer };
  const spawned = await spawnProcess({ command: process.execPath, args: [TOWPATH, ...args], cwd: '/', env });
  const { code } = await spawned.waitForExit(60_000);
  return { code, out: spawned.stdout(), err: spawned.stderr() };
}

/** The same with a terminal as standard output; a terminal ends its lines by `\r\n`. */
async function towpathInTerminal(script: string, args: readonly string[]): Promise<string> {
  const env = { TOWPATH_SERVER: t.server.url, TOWPATH_TOKEN: t.tokens.engineer };
  // The one place that takes a line of shell; nothing in it comes from elsewhere.
  const line = [process.execPath, TOWPATH, ...args].map((word) => `'${word}'`).join(' ');
  const spawned = await spawnProcess({ command: script, args: ['-qec', line, '/dev/null'], cwd: '/', env });
  await spawned.waitForExit(60_000);
  return spawned.stdout().replaceAll('\r\n', '\n');
}

function expectHarmless(text: string): void {
  expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/u);
}

async function writeLog(text: string): Promise<void> {
  const agent = await openSimulatedAgent(t.agent);
  await startRunOf(t, [buildTask('a')]);
  const [grant] = await agent.claim();
  const { attemptId = '', epoch = 1 } = grant ?? {};
  const bytes = new Uint8Array(Buffer.from(text));
  await t.agent.call(AppendLog, { params: { attemptId }, query: { offset: 0, epoch }, bytes });
  await agent.finish(grant ? [grant] : [], {
    outcome: 'failed',
    exitCode: 1,
    reasonCode: 'EXIT_CODE',
    reason: HOSTILE,
    logLengthBytes: bytes.length,
  });
}

test('names, reasons and errors of code are shown in lists', async () => {
  await openSimulatedAgent(t.agent, { host: HOSTILE });
  const agents = await towpath(['agents']);
  expect(agents.out).toContain(SHOWN);
  await writeLog('');
  const attempts = await towpath(['attempts']);
  expect(attempts.out).toContain(SHOWN);
  await t.agent.call(RegisterCode, { body: buildRegistration([buildGraph('daily', [buildTask('a')])]) });
  const error = { code: 'PIPELINE_MODULE_FAILED', message: HOSTILE, cause: `first\n${HOSTILE}` };
  await t.agent.call(RegisterCode, { body: { ...buildRegistration([]), error } });
  const pipelines = await towpath(['pipelines']);
  expect(pipelines.out.split(SHOWN)).toHaveLength(3);
  for (const { out, err } of [agents, attempts, pipelines]) expectHarmless(out + err);
});

test('a problem that a server answers with is shown', async () => {
  const problem = { type: 'about:blank', status: 400, title: HOSTILE, detail: `${HOSTILE}\n  fix: rm -rf`, code: 'NO' };
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { code, out, err } = await towpath(['runs'], `http://127.0.0.1:${port}`);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(code).toBe(1);
  expect(err).toContain(SHOWN);
  expect(err).not.toMatch(/^ {2}fix: rm/m);
  expectHarmless(out + err);
});

test('a log is printed byte for byte into a file or pipe', async () => {
  const log = `\u001b[31mred\u001b[0m ${HOSTILE}\n`;
  await writeLog(log);
  expect((await towpath(['logs', '--task', 'a'])).out).toBe(log);
  expect((await towpath(['logs'])).out).toBe(`a | ${log}`);
});

test('a log is printed with its colours into a terminal, and nothing else of it steers', async (context) => {
  const { path } = requirePart('script', context);
  await writeLog(`\u001b[31mred\u001b[0m\tplain\n${HOSTILE}\n`);
  const shown = `\u001b[31mred\u001b[0m\tplain\u001b[0m\n${SHOWN}\n`;
  expect(await towpathInTerminal(path, ['logs', '--task', 'a'])).toBe(shown);
  expect(await towpathInTerminal(path, ['logs'])).toContain(`| ${SHOWN}\n`);
});
