// Sinks against real HTTP and SMTP servers on loopback: what arrives, what is told of a refusal, and that no address is.
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { inspect } from 'node:util';
import type { TakenDelivery } from '@towpath/api';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSink } from './create-sink.ts';
import { type ResolveText, SinkRefusal } from './notification-sink.ts';
import { readRetryAfter } from './post-json.ts';
import type { SinkDeclaration } from './sink-declaration.ts';

const ID = '01890000-0000-7000-8000-0000000000aa';
const DELIVERY: TakenDelivery = {
  id: ID,
  sink: 'chat',
  tries: 2,
  notification: {
    id: '01890000-0000-7000-8000-0000000000bb',
    environment: 'prod',
    kind: 'run.failed',
    severity: 'critical',
    title: '[PROD] <daily>-prod #41 failed',
    text: 'Task load ended first & with EXIT_CODE.',
    at: '2026-01-31T03:00:00.000Z',
  },
};

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let server: Server;
let base: string;
let received: Received[];
let answer: { status: number; headers?: Record<string, string> };

beforeEach(async () => {
  received = [];
  answer = { status: 200 };
  server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answer.status, answer.headers).end('ok');
  });
  base = `http://127.0.0.1:${await listen(server)}`;
});
afterEach(() => server.close());

async function listen(listener: {
  listen(port: number, host: string, done: () => void): unknown;
  address(): unknown;
}): Promise<number> {
  await new Promise<void>((done) => listener.listen(0, '127.0.0.1', done));
  const address = listener.address();
  return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0;
}

const SECRETS: Readonly<Record<string, string>> = { 'secret://hook#key': 'k3y-canary' };
const resolveText: ResolveText = async (text) => SECRETS[text] ?? text.replace('secret://base', base);

const deliver = (declaration: SinkDeclaration, timeoutMs = 5_000) =>
  createSink(declaration, resolveText).deliver(DELIVERY, AbortSignal.timeout(timeoutMs));

async function refusalOf(declaration: SinkDeclaration, timeoutMs?: number): Promise<SinkRefusal> {
  const thrown: unknown = await deliver(declaration, timeoutMs).then(
    () => undefined,
    (one: unknown) => one,
  );
  if (thrown instanceof SinkRefusal) return thrown;
  throw new Error(`no refusal: ${String(thrown)}`);
}

describe('slack', () => {
  const slack: SinkDeclaration = { name: 'chat', sink: 'slack', url: 'secret://base/services/T0/B0/canary-path' };

  test('A88 gets one text that begins with the environment; names can be no markup', async () => {
    await deliver(slack);
    const [request] = received;
    expect(request?.path).toBe('/services/T0/B0/canary-path');
    const { text } = JSON.parse(request?.body ?? '');
    expect(text).toMatch(/^\[PROD\] &lt;daily&gt;-prod #41 failed /);
    expect(text).toContain('first &amp; with');
    expect(request?.headers['idempotency-key']).toBe(ID);
  });

  test.each([
    [429, { 'retry-after': '30' }, 'HTTP_429', 30],
    [404, {}, 'HTTP_404', null],
    [500, {}, 'HTTP_500', null],
    [302, { location: 'http://127.0.0.1:1/elsewhere' }, 'HTTP_302', null],
  ])('answering %s %j is told as %s', async (status, headers, code, retryAfterSeconds) => {
    answer = { status, headers };
    expect(await refusalOf(slack)).toMatchObject({ code, retryAfterSeconds });
    expect(received).toHaveLength(1);
  });

  test('that is gone, silent or no address is told without its address, which is a secret', async () => {
    const silent = createTcpServer();
    const port = await listen(silent);
    try {
      const cases: [string, string][] = [
        ['http://127.0.0.1:1/canary-path', 'UNREACHABLE'],
        [`http://127.0.0.1:${port}/canary-path`, 'TIMED_OUT'],
        ['canary-path', 'ADDRESS_INVALID'],
        ['file:///canary-path', 'ADDRESS_INVALID'],
      ];
      for (const [url, code] of cases) {
        const refusal = await refusalOf({ ...slack, url }, 500);
        expect(refusal.code).toBe(code);
        expect(inspect(refusal, { depth: 9 })).not.toContain('canary');
      }
    } finally {
      silent.close();
    }
  });
});

describe('webhook', () => {
  test('gets the facts with a key for repetitions and a signature over time and body', async () => {
    await deliver({ name: 'hook', sink: 'webhook', url: 'secret://base/alerts', secret: 'secret://hook#key' });
    const [{ headers, body } = { headers: {} as IncomingHttpHeaders, body: '' }] = received;
    expect(JSON.parse(body)).toEqual({ deliveryId: ID, tries: 2, ...DELIVERY.notification });
    expect(headers['idempotency-key']).toBe(ID);
    const [, at, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['towpath-signature'])) ?? [];
    expect(digest).toBe(createHmac('sha256', 'k3y-canary').update(`${at}.${body}`).digest('hex'));
    expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(60);
    expect(body + JSON.stringify(headers)).not.toContain('k3y-canary');
  });

  test('without a key is not signed', async () => {
    await deliver({ name: 'hook', sink: 'webhook', url: `${base}/alerts` });
    expect(received[0]?.headers).not.toHaveProperty('towpath-signature');
  });
});

describe('email', () => {
  interface Mail {
    readonly from: string;
    readonly to: readonly string[];
    readonly text: string;
    readonly user: string | undefined;
  }
  let mails: Mail[];
  let smtp: SMTPServer;
  let url: string;
  let refuses: number | undefined;

  beforeEach(async () => {
    mails = [];
    refuses = undefined;
    smtp = new SMTPServer({
      authOptional: true,
      allowInsecureAuth: true,
      hideSTARTTLS: true,
      onAuth: (auth, _session, done) =>
        auth.password === 'p@ss-canary' ? done(null, { user: auth.username ?? '' }) : done(new Error('no')),
      onData: async (stream, session, done) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of stream) chunks.push(chunk);
        if (refuses !== undefined) return done(Object.assign(new Error('canary-address'), { responseCode: refuses }));
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(chunks).toString(),
          user: typeof session.user === 'string' ? session.user : undefined,
        });
        return done();
      },
    });
    smtp.on('error', () => undefined);
    await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', () => done()));
    const address = smtp.server.address();
    url = `smtp://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });
  afterEach(() => new Promise<void>((done) => smtp.close(() => done())));

  const email = (more: Partial<Extract<SinkDeclaration, { sink: 'email' }>> = {}): SinkDeclaration => ({
    name: 'mail',
    sink: 'email',
    url,
    to: ['ops@prod.example', 'night@prod.example'],
    from: 'towpath@prod.example',
    ...more,
  });

  test('A88 arrives at all recipients with the environment first in its subject and an id for repetitions', async () => {
    await deliver(email());
    const [mail] = mails;
    expect(mail).toMatchObject({ from: 'towpath@prod.example', to: ['ops@prod.example', 'night@prod.example'] });
    expect(mail?.text).toMatch(/^Subject: \[PROD\] <daily>-prod #41 failed\r$/m);
    expect(mail?.text).toMatch(new RegExp(`^Message-ID: <${ID}@towpath>\r$`, 'm'));
    expect(mail?.text).toContain('Auto-Submitted: auto-generated');
  });

  test('logs in where the URL says who, and sends as that user', async () => {
    const at = url.replace('smtp://', 'smtp://bot%40prod.example:p%40ss-canary@');
    await deliver(email({ url: at, from: undefined }));
    expect(mails[0]).toMatchObject({ from: 'bot@prod.example', user: 'bot@prod.example' });
    const wrong = await refusalOf(email({ url: at.replace('canary', 'wrong') }));
    expect(wrong.code).toBe('SMTP_535');
  });

  test('that is refused, gone or no address is told by a code alone', async () => {
    refuses = 451;
    const refused = await refusalOf(email());
    expect(refused.code).toBe('SMTP_451');
    expect(inspect(refused)).not.toContain('canary');
    expect((await refusalOf(email({ url: 'smtp://127.0.0.1:1' }))).code).toBe('UNREACHABLE');
    for (const broken of [{ to: ['no address'] }, { to: [] }, { to: ['a@b.c\r\nBcc: x@y.z'] }, { url: 'file:///etc' }])
      expect((await refusalOf(email(broken))).code).toBe('ADDRESS_INVALID');
    expect(mails).toEqual([]);
  });

  test('ends in time when the server is silent', async () => {
    const silent = createTcpServer();
    const port = await listen(silent);
    try {
      expect((await refusalOf(email({ url: `smtp://127.0.0.1:${port}` }), 300)).code).toBe('TIMED_OUT');
    } finally {
      silent.close();
    }
  });
});

test('a reference that nothing resolves is told without its name, and no request is sent', async () => {
  const { refuseSecrets } = await import('./notification-sink.ts');
  const sink = createSink({ name: 'chat', sink: 'slack', url: 'secret://slack#url' }, refuseSecrets);
  await expect(sink.deliver(DELIVERY, AbortSignal.timeout(1000))).rejects.toMatchObject({ code: 'SECRET_UNRESOLVED' });
  expect(received).toEqual([]);
});

test('Retry-After is read as seconds or as a date, and what makes no sense is left out', () => {
  expect(readRetryAfter('12')).toBe(12);
  expect(readRetryAfter(new Date(Date.now() + 60_000).toUTCString())).toBeGreaterThan(55);
  expect(readRetryAfter(new Date(0).toUTCString())).toBe(0);
  expect(readRetryAfter('999999999')).toBe(86_400);
  expect([readRetryAfter('soon'), readRetryAfter(null)]).toEqual([null, null]);
});
