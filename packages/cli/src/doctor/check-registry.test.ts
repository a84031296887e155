import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDoctorProject, type DoctorProject } from './testing/doctor-project.ts';

let project: DoctorProject;
let server: Server | undefined;
beforeEach(() => {
  server = undefined;
});
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  project.remove();
});

async function declare(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const started = createServer(answer);
  server = started;
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  const address = started.address();
  const registry = `127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  project = declareAs(registry);
  return registry;
}

const declareAs = (registry: string) =>
  createDoctorProject(`name: finks\nenvironments: { int: { kind: shared, registry: "${registry}" } }\n`);
const check = () => project.run('registry', { ENVIRONMENT: 'int', HOME: project.folder });

it('A98 nothing is said of a registry that answers, of none, and of what local has by convention', async () => {
  const registry = await declare((request, response) => {
    response.writeHead(request.url === '/v2/' ? 200 : 404).end('{}');
  });
  expect(await check()).toMatchObject({ code: 0, findings: [] });
  project.write('towpath.yaml', `name: finks\nenvironments: { int: { kind: shared, registry: "${registry}/team" } }\n`);
  expect(await check()).toMatchObject({ code: 0, findings: [] });
  project.write('towpath.yaml', 'name: finks\nenvironments: { int: { kind: shared } }\n');
  expect(await check()).toMatchObject({ code: 0, findings: [] });
  project.write('towpath.yaml', 'name: finks\nenvironments: { int: { kind: local } }\n');
  expect(await check()).toMatchObject({ code: 0, findings: [] });
});

it('A98 a registry that wants a login is told as long as Docker has none for it', async () => {
  const registry = await declare((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="https://auth.example/token"' }).end();
  });
  expect(await check()).toMatchObject({
    code: 0,
    findings: [{ status: 'note', code: 'REGISTRY_LOGIN_MISSING', fix: `docker login ${registry}` }],
  });
  project.write('.docker/config.json', JSON.stringify({ auths: { [registry]: { auth: 'YTpi' } } }));
  expect(await check()).toMatchObject({ code: 0, findings: [] });
});

it('A98 what answers, but not as a registry does, is told with its status', async () => {
  await declare((_, response) => response.writeHead(503).end('<h1>maintenance</h1>'));
  expect(await check()).toMatchObject({
    code: 1,
    findings: [{ code: 'REGISTRY_REPLY_INVALID', text: expect.stringContaining('status 503'), fix: expect.anything() }],
  });
});

it('A98 a registry that nobody serves, whose name is unknown, or that is no address is told', async () => {
  const registry = await declare(() => undefined);
  await new Promise((done) => server?.close(done));
  expect(await check()).toMatchObject({
    code: 1,
    findings: [{ code: 'REGISTRY_UNREACHABLE', text: `${registry} does not answer (ECONNREFUSED).` }],
  });
  project.remove();
  project = declareAs('registry.invalid');
  expect(await check()).toMatchObject({ code: 1, findings: [{ code: 'REGISTRY_UNREACHABLE' }] });
  project.remove();
  project = declareAs('https://ada:pw@registry.example');
  const { findings, text } = await check();
  expect(findings).toMatchObject([{ code: 'REGISTRY_INVALID' }]);
  expect(text).not.toContain('pw@');
});

it('A98 a registry without TLS is told, unless it is on this machine by its name', async () => {
  const registry = await declare((_, response) => response.writeHead(200).end('{}'));
  expect(await check()).toMatchObject({ code: 0, findings: [] });
  // The same listener by an address that Docker does not take for this machine.
  const port = registry.split(':')[1];
  project.write('towpath.yaml', `name: finks\nenvironments: { int: { kind: shared, registry: "0.0.0.0:${port}" } }\n`);
  expect(await check()).toMatchObject({
    code: 1,
    findings: [{ code: 'REGISTRY_WITHOUT_TLS', fix: expect.stringContaining('certificate') }],
  });
});
