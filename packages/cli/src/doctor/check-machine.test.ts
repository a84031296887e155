// Node, disk and ports of this machine.
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedPostgres } from '../embedded-postgres/index.ts';
import { checkDisk } from './check-disk.ts';
import { checkNode } from './check-node.ts';
import { checkPorts } from './check-ports.ts';
import { LIMITS } from './limits.ts';
import { createSubject } from './testing/create-subject.ts';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

let project: DoctorProject;
let servers: Server[];
beforeEach(() => {
  servers = [];
  project = createDoctorProject('name: finks\n');
});
afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  project.remove();
});

async function listen(): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function close(): Promise<void> {
  await new Promise((done) => servers.pop()?.close(done));
}

it('A98 a disk with less room than PostgreSQL needs is a problem, one with more is none', async () => {
  const limits = { ...LIMITS, minFreeMiB: Number.MAX_SAFE_INTEGER };
  expect(await checkDisk(createSubject(project, { limits }))).toMatchObject([
    {
      status: 'problem',
      code: 'DISK_LOW',
      text: expect.stringMatching(/^Only \d+ MiB are free/),
      fix: expect.stringContaining('--state'),
    },
  ]);
  const healthy = await checkDisk(createSubject(project, { limits: { ...LIMITS, minFreeMiB: 0 } }));
  expect(healthy).toMatchObject([{ status: 'ok' }]);
});

it('A98 a port in use is told with the process that holds it, a free one is not told', async () => {
  const held = await listen();
  const [free, other] = [await listen(), await listen()];
  await close();
  await close();
  const ports = { console: held, postgres: free, mock: other };
  const findings = await checkPorts(createSubject(project, { ports }));
  expect(findings.filter(({ status }) => status !== 'ok')).toMatchObject([
    {
      subject: `port ${held}`,
      status: 'note',
      code: 'PORT_IN_USE',
      text: expect.stringContaining(`(process ${process.pid}) listens there`),
      fix: expect.stringContaining(`kill ${process.pid}`),
    },
  ]);
});

it('A98 a Node that is too old is told with its version, this one is not', async () => {
  expect(await checkNode(createSubject(project))).toMatchObject([{ status: 'ok' }]);
  const old = createSubject(project, { limits: { ...LIMITS, minNodeMajor: 99 } });
  expect(await checkNode(old)).toMatchObject([
    {
      status: 'problem',
      code: 'NODE_TOO_OLD',
      text: `Node ${process.versions.node} is too old; Towpath needs 99 or later.`,
      fix: expect.stringContaining('npx towpath'),
    },
  ]);
});

it('A98 a PostgreSQL that outlived the instance of this folder is told with how to end it', async () => {
  const stateFolder = join(project.folder, '.towpath');
  const postgres = await startEmbeddedPostgres({ folder: join(stateFolder, 'postgres'), preferredPort: 0 });
  try {
    const ports = { console: await listen(), postgres: postgres.port, mock: await listen() };
    await close();
    await close();
    const findings = await checkPorts(createSubject(project, { ports, stateFolder }));
    expect(findings.filter(({ status }) => status !== 'ok')).toMatchObject([
      {
        subject: `port ${postgres.port}`,
        status: 'problem',
        code: 'POSTGRES_LEFT',
        text: expect.stringContaining(`(process ${postgres.pid}) still runs`),
        fix: expect.stringContaining('npx towpath stop'),
      },
    ]);
  } finally {
    await postgres.stop();
  }
});
