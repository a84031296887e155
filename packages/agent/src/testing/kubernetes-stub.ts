// The API server as far as one Secret is read: TLS, the bearer token of a service account, and its Status objects.
import type { TestCertificate } from '@towpath/testkit';
import { type Answer, type FaultServer, startFaultServer } from './fault-server.ts';

export interface KubernetesStub {
  readonly server: FaultServer;
  put(namespace: string, name: string, data: Readonly<Record<string, string | Buffer>>): void;
  /** It stays, but is on its way out: a finalizer holds it. */
  beginDeletion(namespace: string, name: string): void;
  remove(namespace: string, name: string): void;
  deny(namespace: string, name: string): void;
  /** The token that is accepted from now on. */
  setToken(token: string): void;
}

interface StubObject {
  readonly data: Readonly<Record<string, string>>;
  readonly isDenied: boolean;
  readonly isEnding: boolean;
}

/** Starts it. */
export async function startKubernetesStub(tls: TestCertificate, firstToken: string): Promise<KubernetesStub> {
  const objects = new Map<string, StubObject>();
  let token = firstToken;
  const server = await startFaultServer(({ method, url, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return status(401, 'Unauthorized');
    const [, key = ''] = /^\/api\/v1\/namespaces\/([^/]+\/secrets\/[^/]+)$/.exec(url.pathname) ?? [];
    const object = method === 'GET' ? objects.get(key) : undefined;
    if (object === undefined) return status(404, 'NotFound');
    return object.isDenied ? status(403, 'Forbidden') : toSecret(key, object);
  }, tls);
  const change = (namespace: string, name: string, facts: Partial<StubObject>): void => {
    const key = `${namespace}/secrets/${name}`;
    objects.set(key, { data: {}, isDenied: false, isEnding: false, ...objects.get(key), ...facts });
  };
  return {
    server,
    put: (namespace, name, data) => change(namespace, name, { data: encode(data), isDenied: false }),
    beginDeletion: (namespace, name) => change(namespace, name, { isEnding: true }),
    remove: (namespace, name) => void objects.delete(`${namespace}/secrets/${name}`),
    deny: (namespace, name) => change(namespace, name, { isDenied: true }),
    setToken: (next) => {
      token = next;
    },
  };
}

function encode(data: Readonly<Record<string, string | Buffer>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}

function toSecret(key: string, { data, isEnding }: StubObject): Answer {
  const deletionTimestamp = isEnding ? { deletionTimestamp: '2026-07-01T00:00:00Z' } : {};
  const metadata = { name: key.split('/').at(-1), uid: '0', ...deletionTimestamp };
  return { status: 200, body: JSON.stringify({ kind: 'Secret', apiVersion: 'v1', metadata, data, type: 'Opaque' }) };
}

function status(code: number, reason: string): Answer {
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: reason, reason, code };
  return { status: code, body: JSON.stringify(body) };
}
