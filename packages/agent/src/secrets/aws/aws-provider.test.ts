import { type MotoServer, startMoto } from '@towpath/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AwsStub, openAwsStub } from '../../testing/aws-stub.ts';
import { withBundled } from '../../testing/bundle-module.ts';
import { testSecretProviderContract } from '../../testing/secret-provider-contract.ts';
import { createTestContext } from '../../testing/test-context.ts';
import { createAwsProvider } from './aws-provider.ts';

const NEVER = new AbortController().signal;
const KEYS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

const open = (stub: AwsStub) =>
  createAwsProvider({ region: 'ca-central-1', endpoint: stub.server.url }, createTestContext({ variables: KEYS }));
const toId = (name: string) => (name.startsWith('/') ? name : `/dev/${name}`);

async function put(stub: AwsStub, name: string, content: Readonly<Record<string, string>>): Promise<void> {
  const id = toId(name);
  await stub
    .call('CreateSecret', { Name: id, ...content })
    .catch(() => stub.call('PutSecretValue', { SecretId: id, ...content }));
}

let moto: MotoServer | undefined;
beforeAll(async () => {
  moto = await startMoto();
});
afterAll(() => moto?.close());

async function openStub(context: { skip(note?: string): never }): Promise<AwsStub> {
  return openAwsStub(moto ?? context.skip('moto is absent'));
}

describe('AWS Secrets Manager', () => {
  testSecretProviderContract(async (context) => {
    const stub = await openStub(context);
    return {
      provider: open(stub),
      server: stub.server,
      put: (name, value) =>
        put(stub, name, Buffer.isBuffer(value) ? { SecretBinary: value.toString('base64') } : { SecretString: value }),
      putFields: (name, fields) => put(stub, name, { SecretString: JSON.stringify(fields) }),
      remove: async (name) => {
        await stub.call('DeleteSecret', { SecretId: toId(name), ForceDeleteWithoutRecovery: true });
      },
      deny: (name) => stub.answerWithError(toId(name), 'AccessDeniedException'),
      close: () => stub.server.close(),
    };
  });

  describe('besides', () => {
    let stub: AwsStub;
    beforeEach(async (context) => {
      stub = await openStub(context);
    });
    afterEach(() => stub?.server.close());

    it('A48 a path `/<env>/<service>/<key>` is what a relative name stands for', async () => {
      await put(stub, '/dev/fmp/api_key', { SecretString: 'hunter-22' });
      const texts = ['fmp/api_key', '/dev/fmp/api_key'].map(async (name) =>
        (await open(stub).fetch(name, NEVER)).whole()?.text(),
      );
      expect(await Promise.all(texts)).toEqual(['hunter-22', 'hunter-22']);
    });

    it('works bundled, as it is shipped', async () => {
      await put(stub, 'warehouse', { SecretString: 'hunter-22' });
      const source = new URL('aws-provider.ts', import.meta.url);
      await withBundled<{ readonly createAwsProvider: typeof createAwsProvider }>(source, async ({ exports }) => {
        const context = createTestContext({ variables: KEYS });
        const provider = exports.createAwsProvider({ region: 'ca-central-1', endpoint: stub.server.url }, context);
        expect((await provider.fetch('warehouse', NEVER)).whole()?.text()).toBe('hunter-22');
        provider.close();
      });
    });

    it('a secret that is marked for deletion is gone', async () => {
      await put(stub, 'warehouse', { SecretString: 'hunter-22' });
      await stub.call('DeleteSecret', { SecretId: '/dev/warehouse', RecoveryWindowInDays: 7 });
      await expect(open(stub).fetch('warehouse', NEVER)).rejects.toMatchObject({ code: 'SECRET_MISSING' });
    });

    it('an ARN is no name: it would hide whose secret it is', async () => {
      const arn = 'arn:aws:secretsmanager:ca-central-1:123456789012:secret:/prod/fmp/api_key-AbCdEf';
      await expect(open(stub).fetch(arn, NEVER)).rejects.toMatchObject({ code: 'SECRET_NAME_INVALID' });
      expect(stub.server.requests).toEqual([]);
    });

    it.each([
      ['AccessDeniedException', 400, 'SECRET_DENIED'],
      ['DecryptionFailure', 400, 'SECRET_DENIED'],
      ['UnrecognizedClientException', 400, 'SECRET_LOGIN_REFUSED'],
      ['ExpiredTokenException', 400, 'SECRET_LOGIN_REFUSED'],
      ['ThrottlingException', 400, 'SECRET_PROVIDER_UNREACHABLE'],
      ['InternalServiceError', 500, 'SECRET_PROVIDER_UNREACHABLE'],
      ['ValidationException', 400, 'SECRET_NAME_INVALID'],
      ['SomethingNewException', 400, 'SECRET_REPLY_INVALID'],
    ])('%s with status %i means %s', async (error, status, code) => {
      stub.answerWithError('/dev/warehouse', error, status);
      await expect(open(stub).fetch('warehouse', NEVER)).rejects.toMatchObject({ code });
    });
  });
});
