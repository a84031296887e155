import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { CreateConsoleLink, Problem, SessionView } from '@towpath/api';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let t: TestServer;
beforeAll(async () => {
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { allowedHosts: ['towpath.example', 'other.example:8443'] });
});
afterAll(() => t.close());

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

// node:http, because fetch does not let a caller choose Host and Origin.
async function send(
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Record<string, string>;
    readonly body?: string | Buffer;
  } = {},
): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const request = httpRequest({ host: '127.0.0.1', port: t.server.port, path, method, headers });
  const answered = once(request, 'response');
  // A refused body is not read to its end; the answer arrives all the same.
  request.on('error', () => undefined);
  request.end(body);
  const [response] = await answered;
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
}

function codeOf({ text }: Answer): string {
  return Problem.parse(JSON.parse(text)).code;
}

describe('Host and Origin', () => {
  const own = (name: string) => `${name}:${t.server.port}`;

  test.each(['localhost', '127.0.0.1', '[::1]', 'towpath.example'])('%s with the own port is served', async (name) => {
    expect((await send('/health', { headers: { host: own(name) } })).status).toBe(200);
  });

  test.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1.evil.example', 'other.example'])(
    'the name %j is refused',
    async (host) => {
      const answer = await send('/health', { headers: { host } });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'HOST_REFUSED']);
    },
  );

  test('a page of another origin is refused, even on public routes', async () => {
    const host = own('localhost');
    for (const origin of ['http://evil.example', 'null', 'http://localhost', `http://${own('127.0.0.1')}`]) {
      const answer = await send('/health', { headers: { host, origin } });
      expect([origin, answer.status, codeOf(answer)]).toEqual([origin, 403, 'ORIGIN_REFUSED']);
    }
    expect((await send('/health', { headers: { host, origin: `http://${host}` } })).status).toBe(200);
  });

  test('every answer has the security headers and none allows another origin', async () => {
    for (const path of ['/health', '/api/runs', '/api/nothing', '/']) {
      const { headers } = await send(path);
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['referrer-policy']).toBe('no-referrer');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('the console session', () => {
  async function issueLink(role: 'viewer' | 'engineer' = 'engineer'): Promise<string> {
    const admin = await openAdmin(t.databaseUrl);
    return admin.issueConsoleLink({ name: 'carla', role }).finally(() => admin.close());
  }

  const json = { 'content-type': 'application/json' };
  const open = (link: string) =>
    send('/api/session', { method: 'POST', headers: json, body: JSON.stringify({ link }) });

  async function signIn(): Promise<{ cookie: string; csrf: string }> {
    const answer = await open(await issueLink());
    const cookie = String(answer.headers['set-cookie']).split(';')[0] ?? '';
    return { cookie, csrf: SessionView.parse(JSON.parse(answer.text)).csrf ?? '' };
  }

  test('a link opens it once, with a cookie scripts can not read', async () => {
    const link = await issueLink();
    const first = await open(link);
    expect(first.status).toBe(200);
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`^towpath-${t.server.port}=.*HttpOnly; SameSite=Strict`));
    expect(first.text).not.toContain(cookie.split(/[=;]/)[1]);
    const second = await open(link);
    expect([second.status, codeOf(second)]).toEqual([401, 'LINK_INVALID']);
  });

  test('of many uses of a link at once exactly one succeeds', async () => {
    const link = await issueLink();
    const answers = await Promise.all(Array.from({ length: 8 }, () => open(link)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  test('an expired link is refused', async () => {
    const link = await issueLink();
    await withConnection(t.databaseUrl, (client) =>
      client.query(`update console_links set expires_at = now() where used_at is null`),
    );
    expect(codeOf(await open(link))).toBe('LINK_INVALID');
  });

  test('a signed-in person can make a link for another browser', async () => {
    const { link } = await t.engineer.call(CreateConsoleLink);
    expect((await open(link)).status).toBe(200);
  });

  test('reading needs the cookie alone, changing needs the CSRF token too', async () => {
    const { cookie, csrf } = await signIn();
    const other = await signIn();
    const session = await send('/api/session', { headers: { cookie } });
    expect(SessionView.parse(JSON.parse(session.text))).toMatchObject({ name: 'carla', role: 'engineer', csrf });
    const start = (headers: Record<string, string>) =>
      send('/api/runs', {
        method: 'POST',
        headers: { ...json, cookie, ...headers },
        body: JSON.stringify({ pipeline: 'none', environment: 'int' }),
      });
    expect(codeOf(await start({}))).toBe('CSRF_REFUSED');
    expect(codeOf(await start({ 'towpath-csrf': other.csrf }))).toBe('CSRF_REFUSED');
    expect(codeOf(await start({ 'towpath-csrf': csrf }))).toBe('PIPELINE_UNKNOWN');
  });

  test('a bad Authorization header does not fall back to the cookie', async () => {
    const { cookie } = await signIn();
    expect((await send('/api/runs', { headers: { cookie, authorization: 'Bearer wrong' } })).status).toBe(401);
  });
});

describe('hostile input', () => {
  const authorized = () => ({ authorization: `Bearer ${t.tokens.engineer}`, 'content-type': 'application/json' });

  test.each([
    ['broken JSON', '{"pipeline": '],
    ['an empty body', ''],
    ['a list', '[]'],
    ['null', 'null'],
    ['unknown fields', '{"pipeline":"p","environment":"int","admin":true}'],
    ['prototype pollution', '{"pipeline":"p","environment":"int","__proto__":{"role":"engineer"}}'],
    ['garbage', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x7b])],
  ])('%s is REQUEST_INVALID', async (_, body) => {
    const answer = await send('/api/runs', { method: 'POST', headers: authorized(), body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'REQUEST_INVALID']);
  });

  test('a NUL in a name is REQUEST_INVALID or unknown, never a server error', async () => {
    const body = JSON.stringify({ pipeline: 'a\0b', environment: 'int' });
    const answer = await send('/api/runs', { method: 'POST', headers: authorized(), body });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'REQUEST_INVALID']);
    expect((await send('/api/pipelines?environment=%00', { headers: authorized() })).status).toBe(400);
  });

  test('every problem of a request is listed', async () => {
    const answer = await send('/api/runs?limit=0&state=nonsense', { headers: authorized() });
    const { detail } = Problem.parse(JSON.parse(answer.text));
    expect(detail).toMatch(/query\.limit.*query\.state|query\.state.*query\.limit/);
  });

  test.each([
    ['/api/environments/int/runs/99999999999', 'params.number: must be a whole number from 1 to 2147483647'],
    ['/api/environments/int/runs/0', 'params.number: must be a whole number from 1 to 2147483647'],
    ['/api/environments/int/runs/1.5', 'params.number: must be a whole number from 1 to 2147483647'],
    ['/api/environments/int/runs/1e400', 'params.number: must be a whole number from 1 to 2147483647'],
    ['/api/runs?limit=abc', 'query.limit: must be a whole number from 1 to 200'],
  ])('%s is told which field is wrong and what is allowed', async (path, problem) => {
    const answer = await send(path, { headers: authorized() });
    const { status, code, title, detail, fix } = Problem.parse(JSON.parse(answer.text));
    expect({ status, code, detail }).toEqual({ status: 400, code: 'REQUEST_INVALID', detail: problem });
    expect(title).toContain(problem);
    expect(fix).not.toContain('version');
  });

  test('the largest number a run can have is unknown, not a failure', async () => {
    const answer = await send('/api/environments/int/runs/2147483647', { headers: authorized() });
    expect([answer.status, codeOf(answer)]).toEqual([404, 'RUN_UNKNOWN']);
  });

  test('a result nested a hundred thousand levels deep is REQUEST_INVALID', async () => {
    const id = '01890000-0000-7000-8000-000000000000';
    const result = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const rest = '"outcome":"failed","exitCode":1,"reasonCode":null,"reason":null,"logLengthBytes":0';
    const answer = await send(`/api/agent/sessions/${id}/finish`, {
      method: 'POST',
      headers: { ...authorized(), authorization: `Bearer ${t.tokens.agent}` },
      body: `{"slots":0,"attempts":[{"attemptId":"${id}","epoch":1,${rest},"result":${result}}]}`,
    });
    expect([answer.status, codeOf(answer)]).toEqual([400, 'REQUEST_INVALID']);
  });

  test('ten megabytes are refused without being parsed', async () => {
    const body = Buffer.alloc(10 * 1024 * 1024, 'a');
    const answer = await send('/api/runs', { method: 'POST', headers: authorized(), body });
    expect([answer.status, codeOf(answer)]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  test('an unknown content type is refused', async () => {
    const headers = { ...authorized(), 'content-type': 'application/xml' };
    const answer = await send('/api/runs', { method: 'POST', headers, body: '<run/>' });
    expect([answer.status, codeOf(answer)]).toEqual([415, 'MEDIA_TYPE_UNSUPPORTED']);
  });

  test('an unknown path is a problem document, also below a known one', async () => {
    for (const path of ['/api', '/api/runs/../../etc/passwd', '/api/runs/1/2/3', '/api/%']) {
      const answer = await send(path, { headers: authorized() });
      expect(answer.headers['content-type']).toMatch(/problem\+json/);
      expect(answer.status).toBeLessThan(500);
    }
  });

  test('bytes that are no HTTP end the connection and nothing else', async () => {
    const socket = connect(t.server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.end(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256)));
    socket.resume();
    await once(socket, 'close');
    expect((await send('/health')).status).toBe(200);
  });

  test('without a built console the start page names the command that builds it', async () => {
    const answer = await send('/runs/1');
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('npm run build -w @towpath/console');
  });
});
