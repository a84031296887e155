// A72: who may decide what an environment runs: every role × environment × decision, by the shipped policy.
import {
  AbortPromotion,
  ApiError,
  type Client,
  DeclareFreeze,
  LiftFreeze,
  OpenPromotion,
  RollBack,
  WithdrawSignOff,
} from '@towpath/api';
import { type PersonRole, ROLES, SHIPPED_RULES } from '@towpath/core';
import { createTestDatabase } from '@towpath/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withConnection } from '../db/database.ts';
import { migrate } from '../db/migrate.ts';
import { openAdmin } from '../setup.ts';
import { recordRelease } from '../testing/released.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const PERSON_ROLES: readonly PersonRole[] = [
  'viewer',
  'business',
  'engineer',
  'release-manager',
  'vp',
  'on-call',
  'administrator',
];
const ENVIRONMENTS = [
  ['int', 'shared'],
  ['prod', 'production'],
] as const;

let t: TestServer;
let releaseId: string;
const clients = new Map<PersonRole, Client>();
const freezeIds = new Map<string, string>();
const promotionIds = new Map<string, string>();

beforeAll(async () => {
  t = await startTestServer(await createTestDatabase({ template: 'state', migrate }));
  const admin = await openAdmin(t.databaseUrl);
  for (const role of PERSON_ROLES)
    clients.set(role, t.clientOf(await admin.issueAccessToken({ name: `a ${role}`, role })));
  await admin.close();
  ({ id: releaseId } = await recordRelease(t.engineer, 'v1.0.0'));
  const manager = t.clientOf(t.tokens.releaseManager);
  for (const [environment] of ENVIRONMENTS) {
    const body = { environment, reason: 'a test' };
    freezeIds.set(environment, (await manager.call(DeclareFreeze, { body })).id);
    const asked = { releaseId, environment };
    promotionIds.set(environment, (await manager.call(OpenPromotion, { body: asked })).id);
  }
});
afterAll(() => t.close());

const DECISIONS: Readonly<Record<string, (client: Client, environment: string) => Promise<unknown>>> = {
  promote: (client, environment) => client.call(OpenPromotion, { body: { releaseId, environment } }),
  abort: (client, environment) =>
    client.call(AbortPromotion, {
      params: { promotionId: promotionIds.get(environment) ?? '' },
      body: { reason: 'a test' },
    }),
  'roll back': (client, environment) =>
    client.call(RollBack, { params: { environment }, body: { from: releaseId, reason: 'a test' } }),
  freeze: (client, environment) => client.call(DeclareFreeze, { body: { environment, reason: 'a test' } }),
  'lift a freeze': (client, environment) =>
    client.call(LiftFreeze, { params: { freezeId: freezeIds.get(environment) ?? '' }, body: {} }),
};

test('the roles of people are all here', () => {
  expect(Object.keys(ROLES).filter((role) => role !== 'agent' && role !== 'attempt')).toEqual(
    expect.arrayContaining([...PERSON_ROLES]),
  );
  expect(PERSON_ROLES).toHaveLength(Object.keys(ROLES).length - 2);
});

describe.each(PERSON_ROLES)('A72 a person of role %s', (role) => {
  test.each(
    ENVIRONMENTS.flatMap(([environment, kind]) =>
      Object.keys(DECISIONS).map((decision) => [decision, environment, kind] as const),
    ),
  )('may %s %s only where the policy says so', async (decision, environment, kind) => {
    const client = clients.get(role);
    const decide = DECISIONS[decision];
    if (!client || !decide) throw new Error(`no ${decision} of ${role}`);
    const answer = await decide(client, environment).then(
      () => 'allowed',
      (thrown: unknown) => (thrown instanceof ApiError && thrown.status === 403 ? 'refused' : 'allowed'),
    );
    expect(answer).toBe(SHIPPED_RULES[kind].promoters.includes(role) ? 'allowed' : 'refused');
  });
});

test('what was refused has changed nothing', async () => {
  const { rows } = await withConnection(t.databaseUrl, (client) =>
    client.query<{ people: string[] }>(
      `select array(select distinct requested_by from promotions where environment = 'prod' order by 1)
              || array(select distinct declared_by from freezes where environment = 'prod' order by 1) as people`,
    ),
  );
  expect(rows[0]?.people).toEqual(['a release-manager', 'rita', 'a release-manager', 'rita']);
});

test('nobody takes back what somebody else signed', async () => {
  const params = { signOffId: '01890000-0000-7000-8000-000000000000' };
  await expect(clients.get('viewer')?.call(WithdrawSignOff, { params })).rejects.toMatchObject({ status: 403 });
  await expect(clients.get('engineer')?.call(WithdrawSignOff, { params })).rejects.toMatchObject({ status: 404 });
});
