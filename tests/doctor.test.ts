// `towpath doctor` as a real process: certificates of real servers, and a machine on which everything hangs.

import { execFileSync } from 'node:child_process';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { getOwnIdentity } from '@towpath/agent';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeInstance } from '../packages/cli/src/instance/instance-record.ts';
import { openSimulatedAgent } from '../packages/server/src/testing/simulated-agent.ts';
import { createAuthority, createSelfSigned, type IssuedCertificate } from './support/certificates.ts';
import { startControlPlane } from './support/control-plane.ts';
import { createTestClient, spawnTowpath } from './support/instance.ts';
import { createTestProject, type TestProject } from './support/test-project.ts';

let project: TestProject;
let servers: Server[];
beforeEach(() => {
  project = createTestProject('doctor');
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  project.remove();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A server whose handshakes fail or are given up says nothing of it. */
const serve = (certificate: IssuedCertificate): Promise<number> =>
  listen(createTlsServer(certificate, (_, response) => response.end()).on('tlsClientError', () => undefined));

async function runDoctor(args: readonly string[], env: Readonly<Record<string, string>>) {
  const doctor = await spawnTowpath(project, ['doctor', '--json', ...args], env);
  const { code } = await doctor.waitForExit(30_000);
  const findings: { subject: string; status: string; text: string; fix: string | null; code?: string }[] = JSON.parse(
    doctor.stdout(),
  );
  return { code, findings };
}

const DAY_MS = 24 * 3600 * 1000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const OURS = 'IP:127.0.0.1';

it('A98 certificates that expired, begin later, are of another name or of nobody known are told, good ones are not', async () => {
  const own = createAuthority(join(project.folder, 'own'));
  const other = createAuthority(join(project.folder, 'other'));
  const year = { from: inDays(-1), to: inDays(300) };
  const ports: Readonly<Record<string, number>> = {
    GOOD_URL: await serve(own.issue({ name: OURS, ...year })),
    EXPIRED_URL: await serve(own.issue({ name: OURS, from: inDays(-90), to: inDays(-1) })),
    EARLY_URL: await serve(own.issue({ name: OURS, from: inDays(1), to: inDays(90) })),
    ENDING_URL: await serve(own.issue({ name: OURS, from: inDays(-80), to: inDays(10) })),
    OTHER_NAME_URL: await serve(own.issue({ name: 'DNS:db.example', ...year })),
    SECRET_URL: await serve(own.issue({ name: 'DNS:vault.example', ...year })),
    UNTRUSTED_URL: await serve(other.issue({ name: OURS, ...year })),
    SELF_SIGNED_URL: await serve(createSelfSigned(project.folder)),
    PLAIN_URL: await listen(
      createServer((socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end('SSH-2.0-x\r\n'),
      ),
    ),
  };
  const names = Object.keys(ports);
  project.write(
    'towpath.yaml',
    `name: finks
variables: { ${names.map((name) => `${name}: { type: url, secret: ${name === 'SECRET_URL'} }`).join(', ')} }
environments: { int: { kind: shared, notify: [{ sink: slack, url: "https://127.0.0.1:${ports.EXPIRED_URL}/hook" }] } }
`,
  );
  project.write('config/.env.int', names.map((name) => `${name}=https://127.0.0.1:${ports[name]}/v1`).join('\n'));
  const env = { ENVIRONMENT: 'int', NODE_EXTRA_CA_CERTS: own.caFile };
  const { code, findings } = await runDoctor(['--only', 'certificates'], env);
  expect(code).toBe(1);
  const told = findings.map((one) => [one.subject.replace('certificate of ', ''), one.code ?? one.status]);
  expect(Object.fromEntries(told)).toEqual({
    GOOD_URL: 'ok',
    'EXPIRED_URL, sink slack': 'CERTIFICATE_EXPIRED',
    EARLY_URL: 'CERTIFICATE_NOT_YET_VALID',
    ENDING_URL: 'CERTIFICATE_EXPIRES',
    OTHER_NAME_URL: 'CERTIFICATE_WRONG_NAME',
    SECRET_URL: 'CERTIFICATE_WRONG_NAME',
    UNTRUSTED_URL: 'CERTIFICATE_UNTRUSTED',
    SELF_SIGNED_URL: 'CERTIFICATE_SELF_SIGNED',
    PLAIN_URL: 'TLS_FAILED',
  });
  expect(findings.find((one) => one.subject.endsWith('SECRET_URL'))?.text).not.toMatch(/127\.0\.0\.1|vault/);
  expect(findings.find((one) => one.code === 'CERTIFICATE_EXPIRES')?.status).toBe('note');
  expect(findings.filter(({ status }) => status !== 'ok').every(({ fix }) => fix !== null)).toBe(true);
});

it('A98 when everything hangs doctor ends within 15 s and tells of each', async () => {
  const silent = await listen(createServer((socket) => socket.on('error', () => undefined).resume()));
  const at = `127.0.0.1:${silent}`;
  project.write(
    'towpath.yaml',
    `name: finks
variables: { API_URL: { type: url, default: "https://${at}" }, API_TOKEN: { secret: true, default: "secret://api" } }
environments:
  int:
    kind: shared
    registry: ${at}
    secrets: { provider: delinea, url: "http://${at}", account: loader }
    targets: { bronze: { type: postgres, host: 127.0.0.1, port: ${silent}, database: int_dwh } }
`,
  );
  project.write('config/.env.int', '');
  const git = (...words: string[]) => execFileSync('git', words, { cwd: project.folder });
  git('init', '--quiet');
  git('remote', 'add', 'origin', `http://${at}/finks.git`);
  const startedAtMs = performance.now();
  const { code, findings } = await runDoctor([], {
    ENVIRONMENT: 'int',
    DELINEA_PASSWORD: 'pw-11882277',
    TOWPATH_SERVER: `http://${at}`,
    TOWPATH_DATABASE_URL: `postgres://ada:pw-11882277@${at}/state`,
  });
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  expect(code).toBe(1);
  const codes = findings.filter(({ status }) => status === 'problem').map((finding) => finding.code);
  expect(new Set(codes)).toEqual(
    new Set([
      'SECRET_PROVIDER_UNREACHABLE',
      'TARGET_UNREACHABLE',
      'REGISTRY_UNREACHABLE',
      'SERVER_UNREACHABLE',
      'DATABASE_UNREACHABLE',
      'GIT_REMOTE_UNREACHABLE',
    ]),
  );
  expect(JSON.stringify(findings)).not.toContain('pw-11882277');
});

it('A98 a certificate that was not seen is a note, an authority that can not be read is a problem', async () => {
  const dead = createServer();
  const port = await listen(dead);
  await new Promise((done) => dead.close(done));
  project.write(
    'towpath.yaml',
    `name: finks
variables: { API_URL: { type: url, default: "https://127.0.0.1:${port}/v1" } }
environments:
  int:
    kind: shared
    secrets: { provider: delinea, url: "https://localhost:${port}", account: loader, caFile: ${join(project.folder, 'absent.pem')} }
`,
  );
  project.write('config/.env.int', '');
  const { code, findings } = await runDoctor(['--only', 'certificates'], { ENVIRONMENT: 'int' });
  expect(code).toBe(1);
  const told = findings.map(({ status, code: word = '' }) => `${status} ${word}`);
  expect(told.sort()).toEqual(['note CERTIFICATE_UNSEEN', 'problem CA_FILE_UNREADABLE']);
});

it('A98 an instance without a live agent is told, one with an agent is not', async () => {
  const plane = await startControlPlane();
  try {
    const place = { host: '127.0.0.1', port: 1 };
    writeInstance(project.stateFolder, {
      ...{ process: getOwnIdentity(), mode: 'foreground', url: plane.url, token: plane.token },
      ...{
        warehouse: { ...place, database: 'bronze', user: 'bronze_user' },
        mock: place,
        warehouses: [],
        projectFolder: project.folder,
      },
    });
    const silent = await runDoctor(['--only', 'instance'], {});
    expect(silent.findings.filter(({ status }) => status !== 'ok')).toMatchObject([
      { subject: 'agent of local', status: 'problem', code: 'AGENT_SILENT', fix: 'Start Towpath again.' },
    ]);
    await openSimulatedAgent(createTestClient(plane.url, plane.agentToken));
    const live = await runDoctor(['--only', 'instance'], {});
    expect(live).toMatchObject({ code: 0 });
    expect(live.findings.every(({ status }) => status === 'ok')).toBe(true);
  } finally {
    await plane.close();
  }
});

it('A98 a registry on this machine may speak TLS with any certificate, or plainly, as Docker has it', async () => {
  const port = await serve(createSelfSigned(project.folder));
  project.write(
    'towpath.yaml',
    `name: finks\nenvironments: { int: { kind: shared, registry: "127.0.0.1:${port}" } }\n`,
  );
  const { code, findings } = await runDoctor(['--only', 'registry,certificates'], { ENVIRONMENT: 'int' });
  expect({ code, told: findings.map(({ status }) => status) }).toEqual({ code: 0, told: ['ok', 'ok'] });
});

it('A98 in a new project on a healthy machine nothing is found', async () => {
  project.write('towpath.yaml', 'name: finks\n');
  const { code, findings } = await runDoctor([], {});
  expect({ code, problems: findings.filter(({ status }) => status === 'problem') }).toEqual({ code: 0, problems: [] });
});
