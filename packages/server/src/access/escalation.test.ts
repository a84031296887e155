// A72: who may hand out rights gains none that they lack, by no route.

import * as api from '@towpath/api';
import {
  AccessPolicySchema,
  ApplyAccess,
  CreateConsoleLink,
  GetAccess,
  GetSession,
  IssueToken,
  OpenConsole,
  type RouteContract,
  SessionView,
} from '@towpath/api';
import type { PersonRole, RoleBinding } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { insertAccess } from './operations/insert-access.ts';
import { insertAccessToken } from './operations/insert-access-token.ts';

let t: TestServer;
beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
});
afterAll(() => t?.close());

const apply = (bindings: readonly RoleBinding[], client = t.administrator) =>
  client.call(ApplyAccess, { body: { policy: AccessPolicySchema.parse({ schemaVersion: 1, bindings }) } });

const issue = (wish: { role?: PersonRole; environments?: string[] }, client = t.administrator) =>
  client.call(IssueToken, { body: { serviceAccount: 'ci', expiresInDays: 1, ...wish } });

const NOT_HELD = { code: 'ROLE_NOT_HELD', status: 403 };

/** Of an administrator who is a release manager in prod as well. */
const BOTH: readonly RoleBinding[] = [
  { serviceAccount: 'both', role: 'administrator' },
  { serviceAccount: 'both', role: 'release-manager', environments: ['prod'] },
];

beforeEach(async () => {
  await apply([]);
});

/** Puts those bindings in force as if their own kind had applied them; returns a client of the account. */
const bindBoth = () =>
  withConnection(t.databaseUrl, async (client) => {
    await insertAccess(client, { policy: { schemaVersion: 1, bindings: BOTH }, by: 'x' });
    const holding = { role: 'viewer', environments: null, groups: [] } as const;
    const wish = { name: 'service-account:both', holding, lifeSeconds: 600, issuedBy: 'x' };
    return t.clientOf((await insertAccessToken(client, wish)).token);
  });

const FOR_PEOPLE: readonly string[] = ['public', 'signed-in', 'access:write'];

test('these routes alone hand out rights to people: whoever adds one says here how it is held back', () => {
  const names = Object.entries(api)
    .filter(([, value]) => isContract(value) && value.method !== 'GET' && FOR_PEOPLE.includes(value.permission))
    .map(([name]) => name);
  // Roles are the issuer's (below); rights end; what somebody has is handed on (below, handed-on.test.ts, oidc-login.test.ts).
  const known = ['ApplyAccess', 'IssueToken', 'RevokePerson', 'RevokeToken', 'SignOut'];
  expect(names.toSorted()).toEqual([...known, 'CreateConsoleLink', 'OpenConsole', 'RedeemLogin'].toSorted());
});

function isContract(value: unknown): value is RouteContract {
  return typeof value === 'object' && value !== null && 'method' in value && 'permission' in value && 'path' in value;
}

describe('an administrator who is nothing else', () => {
  const OTHERS: readonly PersonRole[] = ['business', 'release-manager', 'vp', 'on-call'];

  test.each(OTHERS)('A72 issues no token of the role %s', async (role) => {
    await expect(issue({ role })).rejects.toMatchObject(NOT_HELD);
    await expect(issue({ role, environments: ['int'] })).rejects.toMatchObject(NOT_HELD);
  });

  test.each(OTHERS)('A72 binds neither a service account nor themselves to the role %s', async (role) => {
    await expect(apply([{ serviceAccount: 'ci', role }])).rejects.toMatchObject(NOT_HELD);
    await expect(apply([{ person: 'ada', role, environments: ['prod'] }])).rejects.toMatchObject(NOT_HELD);
    expect((await t.administrator.call(GetAccess)).policy.bindings).toEqual([]);
  });

  test('A72 issues no token of a service account that others bound to such a role', async () => {
    await bindBoth();
    const wish = { body: { serviceAccount: 'both', expiresInDays: 1 } };
    await expect(t.administrator.call(IssueToken, wish)).rejects.toMatchObject(NOT_HELD);
    // They stay when somebody applies the others around them.
    await apply([...BOTH, { group: 'engineers', role: 'engineer' }]);
  });

  test('A72 gives such roles to others, and viewer and engineer, which are part of theirs, to a service account', async () => {
    await apply([
      { person: 'rita', role: 'release-manager' },
      { group: 'vps', role: 'vp' },
      { serviceAccount: 'ci', role: 'engineer', environments: ['int'] },
    ]);
    for (const wish of [
      {},
      { role: 'engineer' as const, environments: ['int'] },
      { role: 'viewer' as const },
      { role: 'administrator' as const },
    ])
      expect((await issue(wish)).token).toMatch(/^towpath_access_/);
  });
});

test('A72 who has the role in an environment issues tokens of it there alone', async () => {
  const releasing = await bindBoth();
  expect((await issue({ role: 'release-manager', environments: ['prod'] }, releasing)).name).toBe('service-account:ci');
  for (const wish of [{ environments: ['int'] }, { environments: ['int', 'prod'] }, {}])
    await expect(issue({ role: 'release-manager', ...wish }, releasing)).rejects.toMatchObject(NOT_HELD);
});

test('A72 a link hands on the rights of the token that it was made from, and no others', async () => {
  const { token } = await issue({ role: 'engineer', environments: ['int'] });
  const { link } = await t.clientOf(token).call(CreateConsoleLink);
  const opened = await fetch(`${t.server.url}${OpenConsole.path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: t.server.url },
    body: JSON.stringify({ link }),
  });
  const session = SessionView.parse(await opened.json());
  expect(session).toMatchObject({ name: 'service-account:ci', grants: [{ role: 'engineer', environments: ['int'] }] });
  expect((await t.clientOf(token).call(GetSession)).grants).toEqual(session.grants);
});
