import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { createTarget } from '@towpath/agent';
import type { EnvironmentKind } from '@towpath/core';
import { createTestDatabase, type TestDatabase } from '@towpath/testkit';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkClock } from './check-clock.ts';
import { checkDatabases } from './check-databases.ts';
import { LIMITS } from './limits.ts';
import { createSubject } from './testing/create-subject.ts';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

let database: TestDatabase;
let project: DoctorProject;
let server: Server | undefined;
beforeEach(async () => {
  server = undefined;
  database = await createTestDatabase({ template: 'empty' });
  project = createDoctorProject(declare(new URL(database.url)));
});
afterEach(async () => {
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  await database.drop();
  project.remove();
});

function declare({ hostname, port, username, password, pathname }: URL): string {
  const words = { host: hostname, port: Number(port), database: pathname.slice(1), user: username, password };
  const target = JSON.stringify({ type: 'postgres', ...words });
  return `name: finks
environments:
  int: { kind: shared, targets: { bronze: ${target}, lake: { type: folder, location: /nowhere } } }
  prod: { kind: production, targets: { bronze: ${target} } }
  local: { kind: local, targets: { lake: { type: folder, location: /nowhere } } }
`.replaceAll('/nowhere', '/tmp/towpath-doctor-nowhere');
}

/** What each target is, marked as of these environments. */
async function claim(environment: string, kind: EnvironmentKind, lake: string): Promise<void> {
  const { hostname: host, port, username: user, password, pathname } = new URL(database.url);
  const at = { host, port, database: pathname.slice(1), user, password: decodeURIComponent(password) };
  const bronze = await createTarget({ name: 'bronze', type: 'postgres', ...at }, {}, async (text) => text);
  await bronze.claim({ environment, kind }, 'test');
  const folder = await createTarget({ name: 'lake', type: 'folder', location: lake }, {}, async (text) => text);
  await folder.claim({ environment, kind }, 'test');
}

/** The project with the folder of its zone inside of it. */
function moveLake(): string {
  const lake = join(project.folder, 'lake');
  mkdirSync(lake, { recursive: true });
  project.write('towpath.yaml', declare(new URL(database.url)).replaceAll('/tmp/towpath-doctor-nowhere', lake));
  return lake;
}

const INT = { ENVIRONMENT: 'int' };

it('A98 A8 nothing is said of targets that have the marker of the environment, and of those that local may claim', async () => {
  await claim('int', 'shared', moveLake());
  expect(await project.run('targets', INT)).toMatchObject({ code: 0, findings: [] });
  project.write('towpath.yaml', declare(new URL(database.url)));
  expect(await project.run('targets', { ENVIRONMENT: 'local' })).toMatchObject({ code: 0, findings: [] });
});

it('A98 A8 a target with the marker of another environment, or with none, is told, and whose it is', async () => {
  await claim('prod', 'production', moveLake());
  const { code, findings, text } = await project.run('targets', INT);
  const place = expect.stringContaining('belongs to environment prod (production)');
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [
      {
        subject: 'target bronze',
        code: 'TARGET_CLAIMED_BY_OTHER',
        text: place,
        fix: expect.stringContaining('its own'),
      },
      { subject: 'target lake', code: 'TARGET_CLAIMED_BY_OTHER', text: place },
    ],
  });
  expect(text).toContain(database.name);
  project.write('towpath.yaml', declare(new URL(database.url)));
  expect((await project.run('targets', INT)).findings[1]).toMatchObject({
    subject: 'target lake',
    code: 'TARGET_UNCLAIMED',
    fix: expect.stringContaining('environment claim lake --environment int'),
  });
});

it('A98 a target that refuses, or accepts and never answers, is told within seconds', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined).resume());
  server = silent;
  await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done));
  const address = silent.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  project.write('towpath.yaml', declare(new URL(`postgres://ada:pw-5520117@127.0.0.1:${port}/int_dwh`)));
  const startedAtMs = performance.now();
  const hanging = await project.run('targets', INT);
  expect(performance.now() - startedAtMs).toBeLessThan(15_000);
  expect(hanging).toMatchObject({ code: 1, findings: [{ code: 'TARGET_UNREACHABLE' }, { code: 'TARGET_UNCLAIMED' }] });
  expect(hanging.text).not.toContain('pw-5520117');
  await new Promise((done) => silent.close(done));
  const refused = await project.run('targets', INT);
  expect(refused.findings[0]).toMatchObject({
    code: 'TARGET_UNREACHABLE',
    text: expect.stringContaining('ECONNREFUSED'),
  });
});

it('A98 A6 a target that another environment owns is not even asked', async () => {
  const { hostname } = new URL(database.url);
  const owned = declare(new URL(database.url)).replace('prod: {', `prod: { owns: { hosts: ["${hostname}"] },`);
  project.write('towpath.yaml', owned);
  await claim('prod', 'production', moveLake());
  project.write('towpath.yaml', owned);
  const { code, findings } = await project.run('environment,targets,databases,clock', INT);
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [{ code: 'RESOURCE_OWNED_BY_OTHER' }, { status: 'note', code: 'ENVIRONMENT_UNASKED' }],
  });
});

it('A98 a PostgreSQL that is too old for its use is told with its version, one that is new enough is not', async () => {
  const variables = { ...INT, TOWPATH_DATABASE_URL: database.url };
  expect(await project.run('databases', variables)).toMatchObject({ code: 0, findings: [] });
  const old = { ...LIMITS, minStateMajor: 98, minWarehouseMajor: 99 };
  expect(await checkDatabases(createSubject(project, { variables, limits: old }))).toMatchObject([
    {
      subject: 'state database',
      code: 'POSTGRES_TOO_OLD',
      text: expect.stringMatching(/^PostgreSQL \d+\.\d+ is too old; the server needs 98 or later/),
    },
    { subject: 'target bronze', code: 'POSTGRES_TOO_OLD', fix: expect.stringContaining('version 99') },
  ]);
});

it('A98 a state database that does not answer is told by the code of the driver, without its password', async () => {
  const url = new URL(database.url);
  url.pathname = '/absent_0';
  const variables = { ...INT, TOWPATH_DATABASE_URL: url.href };
  expect((await project.run('databases', variables)).findings).toMatchObject([
    { code: 'DATABASE_UNREACHABLE', text: expect.stringContaining('(3D000)'), fix: expect.anything() },
  ]);
});

it('A98 a clock that differs from that of PostgreSQL by more than seconds is told, with the direction', async () => {
  const variables = { ...INT, TOWPATH_DATABASE_URL: database.url };
  expect(await project.run('clock', variables)).toMatchObject({ code: 0, findings: [] });
  const late = createSubject(project, { variables, now: () => Date.now() - 90_000 });
  expect(await checkClock(late)).toMatchObject([
    {
      status: 'problem',
      code: 'CLOCK_WRONG',
      text: expect.stringMatching(/clock is (?:89|90) s behind that of PostgreSQL/),
      fix: expect.stringContaining('NTP'),
    },
    { code: 'CLOCK_WRONG' },
  ]);
});

it('A98 A8 a target of a shared environment that local would use is a note', async () => {
  await claim('int', 'shared', moveLake());
  expect(await project.run('targets', { ENVIRONMENT: 'local' })).toMatchObject({
    code: 0,
    findings: [
      {
        subject: 'target lake',
        status: 'note',
        code: 'TARGET_BORROWED',
        text: expect.stringContaining('belongs to int'),
        fix: expect.stringContaining('--against-shared'),
      },
    ],
  });
});
