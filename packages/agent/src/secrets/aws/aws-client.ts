// The client of AWS, in a file of its own that is loaded when the first secret is asked for. The import must be static:
// the client is CommonJS, of which a dynamic import has no names once esbuild has bundled it.
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { ProviderContext } from '../provider-context.ts';
import type { AwsProviderOptions } from '../secrets-options.ts';

/**
 * One try: the client would wait as long as a `Retry-After` says and hold the start of an attempt, while a kept value could
 * stand in. And no kept connections: minutes lie between two questions, and a dead one would cost the only try.
 */
const TRIES = { maxAttempts: 1, requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } } };

export interface AwsClient {
  /** The value as text or bytes, undefined when the reply has neither. Throws what the client throws. */
  get(id: string, signal: AbortSignal): Promise<string | Uint8Array | undefined>;
  close(): void;
}

/** Asks with the credentials of the agent's variables, or else those its host has (role of the Pod, profile, instance). */
export function createAwsClient(options: AwsProviderOptions, { variables }: ProviderContext): AwsClient {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: token,
  } = variables;
  const keys = { accessKeyId: accessKeyId ?? '', secretAccessKey: secretAccessKey ?? '' };
  const client = new SecretsManagerClient({
    region: options.region,
    ...TRIES,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(accessKeyId && secretAccessKey ? { credentials: token ? { ...keys, sessionToken: token } : keys } : {}),
  });
  return {
    get: async (id, signal) => {
      const reply = await client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal: signal });
      return reply.SecretString ?? reply.SecretBinary;
    },
    close: () => client.destroy(),
  };
}
