// Secret Server and Delinea Platform as far as secrets are read, after what their public clients send and expect
// (DelineaXPM/python-tss-sdk and tss-sdk-go) and the replies quoted in thycotic.secretserver's issues.
import type { TestCertificate } from '@towpath/testkit';
import { type Answer, type FaultServer, type ReceivedRequest, startFaultServer } from './fault-server.ts';

export interface StubItem {
  readonly slug: string;
  readonly fieldName: string;
  readonly value: string | Buffer;
  readonly isPassword?: boolean;
}

export interface StubSecret {
  readonly id: number;
  /** `\Folder\Name` */
  readonly path: string;
  readonly items: readonly StubItem[];
  readonly active?: boolean;
  /** It is answered with 400 and this code. */
  readonly errorCode?: string;
}

export interface DelineaStub {
  readonly server: FaultServer;
  readonly account: string;
  readonly password: string;
  /** Logins that were asked for, refused ones included. */
  countLogins(): number;
  put(secret: StubSecret): void;
  remove(path: string): void;
  /** All tokens end now. */
  endTokens(): void;
  setPassword(password: string): void;
  setTokenSeconds(seconds: number): void;
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

/** Starts it. Platform names itself as the address of its vault. */
export async function startDelineaStub(tls?: TestCertificate): Promise<DelineaStub> {
  const secrets = new Map<string, StubSecret>();
  const tokens = new Set<string>();
  const state = { logins: 0, password: 'stub password & more', tokenSeconds: 1200 };
  const account = 'svc-towpath';

  const grant = (body: string): Answer => {
    state.logins += 1;
    const form = new URLSearchParams(body);
    const isPassword = form.get('grant_type') === 'password';
    const user = form.get(isPassword ? 'username' : 'client_id');
    const isGood = isPassword || form.get('scope') === 'xpmheadless';
    if (!isGood || user !== account || form.get(isPassword ? 'password' : 'client_secret') !== state.password) {
      return reply(400, { error: 'invalid_grant' });
    }
    const token = `token-${state.logins}`;
    tokens.add(token);
    return reply(200, { access_token: token, token_type: 'bearer', expires_in: state.tokenSeconds });
  };

  const answer = (request: ReceivedRequest): Answer => {
    const { pathname } = request.url;
    if (['/oauth2/token', '/identity/api/oauth2/token/xpmplatform'].includes(pathname)) return grant(request.body);
    const [, token = ''] = /^Bearer (.+)$/.exec(String(request.headers.authorization)) ?? [];
    if (!tokens.has(token)) return reply(401, { message: 'Authorization has been denied for this request.' });
    if (pathname === '/vaultbroker/api/vaults') return vaults(server.url);
    return answerSecret([...secrets.values()], request.url);
  };

  const server = await startFaultServer(answer, tls);
  return {
    server,
    account,
    get password() {
      return state.password;
    },
    countLogins: () => state.logins,
    put: (secret) => void secrets.set(secret.path, secret),
    remove: (path) => void secrets.delete(path),
    endTokens: () => tokens.clear(),
    setPassword: (password) => {
      state.password = password;
    },
    setTokenSeconds: (seconds) => {
      state.tokenSeconds = seconds;
    },
  };
}

function vaults(url: string): Answer {
  const other = { isDefault: false, isActive: true, connection: { url: 'https://other.invalid' } };
  return reply(200, { vaults: [other, { isDefault: true, isActive: true, connection: { url } }] });
}

function answerSecret(secrets: readonly StubSecret[], url: URL): Answer {
  const [, id = '', , slug] = /^\/api\/v1\/secrets\/(\d+)(\/fields\/([^/]+))?$/.exec(url.pathname) ?? [];
  const path = url.searchParams.get('secretPath');
  const secret = secrets.find((each) => (path === null ? String(each.id) === id : each.path === path));
  if (secret === undefined) return reply(400, { errorCode: 'API_AccessDenied', message: 'Access Denied' });
  if (secret.errorCode !== undefined) return reply(400, { errorCode: secret.errorCode, message: 'No.' });
  if (slug !== undefined) return answerFile(secret, decodeURIComponent(slug));
  const { active = true } = secret;
  return reply(200, { id: secret.id, name: secret.path, folderId: 7, active, items: secret.items.map(toItem) });
}

function answerFile(secret: StubSecret, slug: string): Answer {
  const item = secret.items.find((each) => each.slug === slug);
  if (item === undefined || !Buffer.isBuffer(item.value)) return reply(404, { message: 'Not found' });
  return { status: 200, body: item.value, headers: { 'content-type': 'application/octet-stream' } };
}

function toItem({ slug, fieldName, value, isPassword = false }: StubItem, at: number) {
  const isFile = Buffer.isBuffer(value);
  const filename = isFile ? `${slug}.bin` : null;
  const itemValue = isFile ? '*** Not Valid For Display ***' : value;
  return {
    itemId: at,
    fieldId: at,
    fieldName,
    slug,
    itemValue,
    isFile,
    isPassword,
    filename,
    fileAttachmentId: isFile ? 5 : null,
  };
}

function reply(status: number, body: unknown): Answer {
  return { status, body: JSON.stringify(body), headers: JSON_TYPE };
}
