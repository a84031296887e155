// A72: who may do what, by the command line: sign-in by a real identity provider, roles by environment, tokens of service accounts.
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplyPolicy, GiveSignOff, OpenPromotion, RevokePerson } from '@towpath/api';
import { migrate } from '@towpath/server';
import { createTestDatabase, waitFor } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runProgram } from '../packages/cli/src/program.ts';
import { createTestContext } from '../packages/cli/src/testing/test-context.ts';
import { type IdentityProvider, startIdentityProvider } from '../packages/server/src/testing/identity-provider.ts';
import { recordRelease } from '../packages/server/src/testing/released.ts';
import { answerConsent, signInAt, TestBrowser } from '../packages/server/src/testing/test-browser.ts';
import { startTestServer, type TestServer } from '../packages/server/src/testing/test-server.ts';

let provider: IdentityProvider;
let t: TestServer;
let home: string;

beforeAll(async () => {
  provider = await startIdentityProvider();
  const { issuer, clientId, clientSecret } = provider;
  const database = await createTestDatabase({ template: 'state', migrate });
  t = await startTestServer(database, { oidc: { issuer, clientId, clientSecret } });
  provider.allowCallback(`${t.server.url}/api/login/callback`);
  provider.groups.set('nell', ['engineers']);
  provider.groups.set('rosa', ['release-managers']);
  home = await mkdtemp(join(tmpdir(), 'towpath-access-'));
  const preset = await towpath(['access', 'preset', 'two-stage'], {});
  await writeFile(join(home, 'access.yaml'), preset.out);
  const administrator = { TOWPATH_TOKEN: t.tokens.administrator };
  expect(await towpath(['access', 'apply', 'access.yaml', '--note', 'to begin with'], administrator)).toMatchObject({
    out: 'Access 1 is in force.\n',
  });
  await recordRelease(t.engineer, 'v1.0.0');
});
afterAll(async () => {
  await t?.close();
  await provider?.close();
  if (home) await rm(home, { recursive: true, force: true });
});

type World = ReturnType<typeof createTestContext>;

function begin(args: readonly string[], env: Record<string, string>): { world: World; ended: Promise<number> } {
  const world = createTestContext({ env: { TOWPATH_SERVER: t.server.url, HOME: home, ...env }, cwd: home });
  return { world, ended: runProgram(world.context, args) };
}

/** Runs a command; without a token of its own it uses what `login` got. */
async function towpath(args: readonly string[], env: Record<string, string> = {}) {
  const { world, ended } = begin(args, env);
  const code = await ended;
  return { code, out: world.out(), err: world.err() };
}

/** Signs in as a person does: the command prints an address, a browser goes there and comes back to the command. */
async function login(name: string): Promise<string> {
  const { world, ended } = begin(['login'], {});
  const address = await waitFor('the address', 10_000, () => /http:\S+challenge=\S+/.exec(world.err())?.[0]);
  const browser = new TestBrowser();
  const asked = await signInAt(browser, address ?? '', name);
  expect(asked.text).toContain(`on ${hostname()}”`);
  const check = /and shows (\S+)\.\n/.exec(world.err())?.[1];
  expect(asked.text).toContain(`<code>${check}</code>`);
  const page = await answerConsent(browser, asked, 'Allow');
  expect(page.text).toBe('You are signed in. Close this page.');
  expect(await ended).toBe(0);
  return world.out();
}

const asAdministrator = (...args: readonly string[]) => towpath(args, { TOWPATH_TOKEN: t.tokens.administrator });

describe('a person', () => {
  test('A72 signs in, is told what they may do and why, does it, and signs out', async () => {
    expect(await login('nell')).toMatch(/^Signed in at http:\S+ as nell, until /);
    const who = await towpath(['whoami']);
    expect(who.out).toMatch(/^nell, until \S+\nGroups: engineers\n/);
    expect(who.out).toMatch(/engineer +int +group engineers\n/);
    expect(who.out).toMatch(/viewer +all +group engineers\n/);
    expect(await towpath(['can', 'promote', 'int'])).toMatchObject({
      code: 0,
      out: 'Yes. You are engineer in int: the binding of group engineers says so.\n',
    });
    expect(await towpath(['can', 'promote', 'prod'])).toMatchObject({
      code: 1,
      out: 'No. You are viewer in prod, which does not include promotions:write.\n',
    });
    expect((await towpath(['promote', 'v1.0.0', '--to', 'int'])).code).toBe(0);
    await expect(towpath(['promote', 'v1.0.0', '--to', 'prod'])).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
    const file = join(home, '.config', 'towpath', 'logins.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const { token } = JSON.parse(await readFile(file, 'utf8'))[t.server.url];
    expect((await towpath(['logout'])).out).toContain('Signed out of');
    await expect(towpath(['whoami'])).rejects.toMatchObject({ code: 'TOKEN_MISSING' });
    await expect(towpath(['whoami'], { TOWPATH_TOKEN: token })).rejects.toMatchObject({
      code: 'AUTHENTICATION_REQUIRED',
    });
  });

  test('A72 of another group decides about prod', async () => {
    await login('rosa');
    expect(await towpath(['can', 'promote', 'prod'])).toMatchObject({
      code: 0,
      out: 'Yes. You are release-manager in all environments: the binding of group release-managers says so.\n',
    });
    expect(JSON.parse((await towpath(['whoami', '--json'])).out)).toMatchObject({
      name: 'rosa',
      role: 'release-manager',
    });
  });

  test('A72 of no group may do nothing, and is told so', async () => {
    await login('stranger');
    expect((await towpath(['whoami'])).out).toContain('No role: no binding names you');
    expect(await towpath(['can', 'run'])).toMatchObject({
      code: 1,
      out: 'No. No binding names you or a group of yours.\n',
    });
    await expect(towpath(['runs'])).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('A72 whose access is revoked is out at once', async () => {
    await login('nell');
    expect((await asAdministrator('access', 'revoke', 'nell', '--reason', 'left')).out).toMatch(
      /^Revoked of nell: tokens 1, open consoles 0, unused links 0\.\n$/,
    );
    await expect(towpath(['whoami'])).rejects.toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
    const again = t.administrator.call(RevokePerson, { params: { name: 'nell' }, body: {} });
    await expect(again).rejects.toMatchObject({ code: 'TOKEN_UNKNOWN' });
    // The name is still that of their account, until it is freed.
    const freed = await asAdministrator('access', 'revoke', 'nell', '--free-name');
    expect(freed).toMatchObject({ code: 0, out: 'Revoked of nell: tokens 0, open consoles 0, unused links 0.\n' });
  });

  test('A72 an administrator promotes into prod by no permission alone: the policy names who may', async () => {
    expect(await asAdministrator('can', 'promote', 'prod')).toMatchObject({
      code: 1,
      out: 'No. The policy lets release-manager decide what prod runs; there you are administrator.\n',
    });
  });
});

describe('a service account', () => {
  const issue = [
    'tokens',
    'issue',
    '--service-account',
    'ci',
    '--role',
    'engineer',
    '--environment',
    'int',
    '--expires',
    '90d',
  ];

  test('A72 gets a token, which is listed without its secret, and revoked', async () => {
    const issued = await asAdministrator(...issue);
    const token = issued.out.trim();
    expect(token).toMatch(/^towpath_access_/);
    const env = { TOWPATH_TOKEN: token };
    expect((await towpath(['whoami'], env)).out).toMatch(
      /^service-account:ci, until [^\n]+\n[^\n]+\nengineer +int +credential\n/,
    );
    expect((await towpath(['can', 'run', 'int'], env)).code).toBe(0);
    expect((await towpath(['can', 'run', 'prod'], env)).code).toBe(1);
    expect(await towpath(['can', 'sign-off', 'int'], env)).toMatchObject({
      code: 1,
      out: 'No. That is for people; you are a service account.\n',
    });
    const elsewhere = t
      .clientOf(token)
      .call(OpenPromotion, { body: { releaseId: 'a'.repeat(64), environment: 'prod' } });
    await expect(elsewhere).rejects.toMatchObject({
      message: 'service-account:ci (role engineer) may not do this in prod.',
      reason: 'It lacks the permission promotions:write. You have it in int alone.',
      fix: expect.stringMatching(/^Ask for a role that has it in prod;/),
    });
    const word = { releaseId: 'a'.repeat(64), environment: 'int', decision: 'approved' as const };
    await expect(t.clientOf(token).call(GiveSignOff, { body: word })).rejects.toMatchObject({
      reason:
        "It lacks the permission sign-offs:write. No service account has it, whatever its role: its word is nobody's.",
      fix: 'Let a person do it, with a credential of theirs.',
    });
    const listed = await asAdministrator('tokens', 'list', '--name', 'service-account:ci');
    expect(listed.out).toMatch(/service-account:ci +engineer +int +until \S+ +ada/);
    expect(listed.out).not.toContain('towpath_access_');
    const id = /^(\S+) +service-account/m.exec(listed.out)?.[1] ?? '';
    expect((await asAdministrator('tokens', 'revoke', id, '--reason', 'leaked')).code).toBe(0);
    await expect(towpath(['whoami'], env)).rejects.toMatchObject({ code: 'AUTHENTICATION_REQUIRED' });
    // Entries are linked right after their decision, not with it.
    const audit = await waitFor('the entry', 10_000, async () => {
      const { out } = await asAdministrator('audit', '--action', 'access-token', '--subject', 'service-account:ci');
      return out.includes('leaked') && out;
    });
    expect(audit).not.toContain(token);
  });

  test('A72 without a role of its own has what its bindings give', async () => {
    const issued = await asAdministrator('tokens', 'issue', '--service-account', 'ci', '--expires', '1d');
    const env = { TOWPATH_TOKEN: issued.out.trim() };
    expect((await towpath(['can', 'promote', 'int'], env)).out).toContain('the binding of service account ci says so');
    expect((await towpath(['can', 'promote', 'prod'], env)).code).toBe(1);
  });

  test('is issued by an administrator alone, of every environment, for a time', async () => {
    await expect(towpath(issue, { TOWPATH_TOKEN: t.tokens.engineer })).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
    });
    const elsewhere = ['tokens', 'issue', '--service-account', 'x', '--environment', 'int', '--expires', '1d'];
    await expect(asAdministrator(...elsewhere)).rejects.toMatchObject({ code: 'TOKEN_SCOPE_INVALID' });
    expect((await asAdministrator('tokens', 'issue', '--service-account', 'x', '--expires', '2y')).code).not.toBe(0);
  });
});

test('bindings that name what is not there are refused by name', async () => {
  const bindings = '{ group: a, role: engineer, environments: [prd] }';
  await writeFile(join(home, 'typo.yaml'), `schemaVersion: 1\nbindings: [${bindings}]\n`);
  await expect(asAdministrator('access', 'apply', 'typo.yaml')).rejects.toMatchObject({
    code: 'ACCESS_INVALID',
    reason: 'There is no environment prd.',
  });
  await writeFile(join(home, 'odd.yaml'), 'schemaVersion: 1\nbindings: [{ group: a, role: king }]\n');
  await expect(asAdministrator('access', 'apply', 'odd.yaml')).rejects.toMatchObject({ code: 'ACCESS_INVALID' });
  expect((await asAdministrator('access', 'show')).out).toMatch(
    /^# access 1, applied at \S+ by ada\n# to begin with\n/,
  );
});

test('`can` knows what one may ask for', async () => {
  await expect(asAdministrator('can', 'promte', 'prod')).rejects.toMatchObject({
    code: 'VERB_UNKNOWN',
    fix: 'Did you mean promote?',
  });
  await expect(asAdministrator('can', 'fly', 'prod')).rejects.toMatchObject({
    code: 'VERB_UNKNOWN',
    fix: expect.stringMatching(/^There are: promote, rollback, .*approve-plan.*tokens/),
  });
  await expect(asAdministrator('can', 'promote', 'prd')).rejects.toMatchObject({
    code: 'ENVIRONMENT_UNKNOWN',
    fix: 'Did you mean prod?',
  });
});

test.each([
  ['rollback', 0],
  ['retry', 0],
  ['abort', 0],
  ['freeze', 0],
  ['unfreeze', 0],
  ['refuse', 1],
  ['lift', 1],
  ['tokens', 1],
  ['policy', 1],
  ['pools', 0],
  ['give-up', 0],
  // The policy as shipped offers emergencies in production alone, and wants no plans.
  ['emergency', 1],
  ['approve-plan', 1],
])('A72 `can %s`: CI in int exits with %i, in prod with 1', async (verb, int) => {
  const wish = ['tokens', 'issue', '--service-account', 'verbs', '--role', 'engineer', '--expires', '1d'];
  const env = { TOWPATH_TOKEN: (await asAdministrator(...wish, '--environment', 'int')).out.trim() };
  expect((await towpath(['can', verb, 'int'], env)).code).toBe(int);
  expect((await towpath(['can', verb, 'prod'], env)).code).toBe(1);
});

test('A72 `can emergency` and `can approve-plan` ask the policy, too', async () => {
  const env = { TOWPATH_TOKEN: t.tokens.releaseManager };
  expect(await towpath(['can', 'emergency', 'prod'], env)).toMatchObject({ code: 0 });
  expect(await towpath(['can', 'emergency', 'int'], env)).toMatchObject({
    code: 1,
    out: 'No. The policy offers no emergency in int.\n',
  });
  expect(await towpath(['can', 'approve-plan', 'prod'], env)).toMatchObject({
    code: 1,
    out: 'No. The policy wants no plans of deploy commands in prod.\n',
  });
  const deployPlan = { approvals: { vp: 1 }, expiresHours: 1 };
  const policy = { schemaVersion: 1 as const, environments: { prod: { deployPlan } } };
  await t.administrator.call(ApplyPolicy, { body: { policy } });
  expect((await towpath(['can', 'approve-plan', 'prod'], env)).out).toBe(
    'No. The policy lets vp approve deploy plans of prod; there you are release-manager.\n',
  );
  expect((await towpath(['can', 'approve-plan', 'prod'], { TOWPATH_TOKEN: t.tokens.vp })).code).toBe(0);
});
