// docs/reference/doctor.md is executed: its faults are planted on real parts, each command run, each output compared.
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTarget } from '@towpath/agent';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHECKS } from '../packages/cli/src/doctor/all-checks.ts';
import { createSelfSigned } from './support/certificates.ts';
import { executePage, runConsoleLine } from './support/executed-page.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

const PATH = fileURLToPath(new URL('../docs/reference/doctor.md', import.meta.url));
const PAGE = readFileSync(PATH, 'utf8');
const blockOf = (language: string): string => PAGE.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

let project: TestProject;
const servers: Server[] = [];
/** What the page calls a place, and where it is in this run. */
const places = new Map<string, string>();

async function listen(place: string, server: Server): Promise<void> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  places.set(place, `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
}

const answer = (status: number, headers: Record<string, string> = {}, body = ''): RequestListener => {
  return (_, response) => response.writeHead(status, headers).end(body);
};

beforeAll(async () => {
  project = createTestProject('doctor-page');
  const { folder } = project;
  const wantsLogin = answer(401, { 'www-authenticate': 'Basic realm="finks"' });
  const old: RequestListener = (request, response) => {
    const headers = { 'content-type': 'application/json', date: new Date(Date.now() - 3_600_000).toUTCString() };
    answer(200, headers, JSON.stringify({ status: 'ok', version: '0.0.9' }))(request, response);
  };
  const gone = createServer();
  await listen('127.0.0.1:5000', createServer(wantsLogin));
  await listen('127.0.0.1:8200', createServer(answer(503)));
  await listen('127.0.0.1:8443', createTlsServer(createSelfSigned(folder), answer(200)));
  await listen('127.0.0.1:3000', createServer(wantsLogin));
  await listen('127.0.0.1:8081', createServer(old));
  await listen('127.0.0.1:8080', gone);
  await new Promise((done) => gone.close(done));
  places.set('/data/lake', join(folder, 'lake'));
  const lake = await createTarget(
    { name: 'lake', type: 'folder', location: join(folder, 'lake') },
    {},
    async (text) => text,
  );
  await lake.claim({ environment: 'prod', kind: 'production' }, 'page');
  project.write('towpath.yaml', toReal(blockOf('yaml')));
  project.write('config/.env.int', toReal(blockOf('ini')));
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env: variables() });
  git('init', '--quiet');
  git('remote', 'add', 'origin', toReal('http://127.0.0.1:3000/finks.git'));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  project.remove();
});

// Nothing of this machine's user: neither their Git nor their Docker.
const variables = () => ({ PATH: process.env.PATH ?? '', HOME: project.folder, GIT_CONFIG_NOSYSTEM: '1' });
const toReal = (text: string): string =>
  [...places].reduce((left, [name, place]) => left.replaceAll(name, place), text);
const toPage = (text: string): string =>
  [...places].reduce((left, [name, place]) => left.replaceAll(place, name), text);

test('A98 every fault of docs/reference/doctor.md is found and told as it stands there (refresh: npx vitest run tests/doctor-reference.test.ts -u)', async () => {
  const page = await executePage(PAGE, async (line) => {
    const printed = toPage(await runConsoleLine(project.folder, toReal(line), variables()));
    // A Date header has whole seconds.
    return printed.replace(/\b(?:3599|3601) s\b/, '3600 s');
  });
  await expect(page).toMatchFileSnapshot(PATH);
});

test('A98 the page names every check, and every code that a check has of its own', () => {
  expect(CHECKS.map(({ name }) => name).filter((name) => !PAGE.includes(`\`${name}\``))).toEqual([]);
  const folder = fileURLToPath(new URL('../packages/cli/src/doctor', import.meta.url));
  const sources = globSync('*.ts', { cwd: folder }).filter((name) => !name.endsWith('.test.ts'));
  const codes = sources.flatMap((name) =>
    [...readFileSync(join(folder, name), 'utf8').matchAll(/code: .*/g)].flatMap(([line]) =>
      [...line.matchAll(/'([A-Z]+(?:_[A-Z]+)+)'/g)].map(([, code = '']) => code),
    ),
  );
  expect(codes.length).toBeGreaterThan(25);
  expect([...new Set(codes)].filter((code) => !PAGE.includes(code))).toEqual([]);
});
