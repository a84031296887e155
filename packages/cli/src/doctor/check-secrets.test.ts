import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

/** Status and body by the last part of a path, as a Kubernetes API or a Secret Server would answer. */
type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

let project: DoctorProject;
let server: Server;
let url: string;
let answers: Answers;
let asked: string[];

beforeEach(async () => {
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    const name = request.url?.split('/').at(-1) ?? '';
    asked.push(name);
    const [status, body] = answers[name] ?? [404, {}];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  project = createDoctorProject('name: finks\n');
  for (const name of ['token', 'ca']) project.write(name, 'x');
  project.write('config/.env.int', '');
  declare({ provider: 'kubernetes', apiServer: url, tokenFile: pathOf('token'), caFile: pathOf('ca') });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  project.remove();
});

const pathOf = (name: string) => join(project.folder, name);

function declare(secrets: object): void {
  project.write(
    'towpath.yaml',
    `name: finks
variables: { API_TOKEN: { secret: true }, WAREHOUSE: { type: dsn, secret: true } }
environments:
  int:
    kind: shared
    values: { API_TOKEN: "secret://api#token", WAREHOUSE: "secret://dwh#url" }
    secrets: ${JSON.stringify(secrets)}
    targets:
      bronze: { type: postgres, host: 127.0.0.1, port: 1, database: int_dwh, password: "secret://api#token" }
  prod: { kind: production, owns: { hosts: ["*.prod.example"] } }
`,
  );
}

const secretOf = (fields: Readonly<Record<string, string>>): Answers[string] => {
  const data = Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [name, Buffer.from(text).toString('base64')]),
  );
  return [200, { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'x' }, data }];
};
const API = secretOf({ token: 'tok-90417755' });
const DWH = secretOf({ url: 'postgres://ada:pw-61740822@db.int.example/dwh' });

const check = (only = 'secrets', variables: Record<string, string> = {}) =>
  project.run(only, { ENVIRONMENT: 'int', ...variables });

it('A98 nothing is said of a provider that gives all secrets, which are read, dropped and not shown', async () => {
  answers = { api: API, dwh: DWH };
  const healthy = await check();
  expect(healthy).toMatchObject({ code: 0, findings: [] });
  expect(healthy.text).toContain('answers for secret://api#token, secret://dwh#url');
  expect(healthy.text).not.toMatch(/tok-90417755|pw-61740822/);
});

it('A98 a sealed provider is one problem that names what was asked for', async () => {
  answers = { api: [503, { message: 'sealed' }], dwh: [503, { message: 'sealed' }] };
  const { code, findings } = await check();
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [
      {
        subject: 'secrets of int (kubernetes)',
        code: 'SECRET_PROVIDER_UNREACHABLE',
        text: expect.stringMatching(/status 503\. Asked for secret:\/\/api#token, secret:\/\/dwh#url\.$/),
        fix: expect.stringContaining('reachable'),
      },
    ],
  });
  expect(findings).toHaveLength(1);
});

it('A98 a provider that is not there is told', async () => {
  await new Promise((done) => server.close(done));
  expect((await check()).findings).toMatchObject([
    { code: 'SECRET_PROVIDER_UNREACHABLE', text: expect.stringContaining('ECONNREFUSED') },
  ]);
});

it('A98 a secret that is denied, and one that is missing, are told by their names', async () => {
  answers = { api: [403, {}] };
  const { code, findings } = await check();
  expect({ code, findings }).toMatchObject({
    code: 1,
    findings: [
      {
        code: 'SECRET_DENIED',
        text: expect.stringContaining('secret://api#token'),
        fix: expect.stringContaining('get'),
      },
      { code: 'SECRET_MISSING', text: expect.stringContaining('secret://dwh#url'), fix: expect.anything() },
    ],
  });
});

it('A98 A6 a secret that leads to another environment is told without its value', async () => {
  answers = { api: API, dwh: secretOf({ url: 'postgres://ada:pw-61740822@db.prod.example/dwh' }) };
  const { findings, text } = await check();
  expect(findings).toMatchObject([
    { code: 'RESOURCE_OWNED_BY_OTHER', text: expect.stringContaining('Asked for secret://dwh#url.') },
  ]);
  expect(text).not.toContain('pw-61740822');
});

it('A98 a login that is refused is tried once by all checks together, lest the account locks', async () => {
  answers = { token: [400, { error: 'invalid_grant' }] };
  declare({ provider: 'delinea', url, account: 'loader' });
  const answer = await check('secrets,targets,databases,clock', { DELINEA_PASSWORD: 'pw-00318846' });
  expect(answer).toMatchObject({ code: 1, findings: [{ code: 'SECRET_LOGIN_REFUSED', fix: expect.anything() }] });
  expect(answer.findings).toHaveLength(1);
  expect(asked).toEqual(['token']);
  expect(answer.text).not.toContain('pw-00318846');
});

it('A98 a provider that does not exist, and options that are wrong, are told with what there is', async () => {
  declare({ provider: 'delinea' });
  expect((await check()).findings).toMatchObject([{ code: 'SECRET_OPTIONS_INVALID', fix: expect.anything() }]);
});
