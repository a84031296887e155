// AWS Secrets Manager. Names are paths: `fmp/api_key` stands for `/<environment>/fmp/api_key`, and one that begins with `/`
// for itself. An ARN can't be written: it would name a secret without the path that tells whose it is.
import type {
  GetSecretValueCommandOutput,
  SecretsManagerClient,
  SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager';
import type { ProviderContext } from '../provider-context.ts';
import { toContentDocument } from '../secret-document.ts';
import { secretNameInvalid, secretReplyInvalid } from '../secret-errors.ts';
import type { SecretDocument, SecretProvider } from '../secret-provider.ts';
import { SecretValue } from '../secret-value.ts';
import type { AwsProviderOptions } from '../secrets-options.ts';
import { PROVIDER, toAwsFailure } from './aws-errors.ts';

/** A second try of the client's own, for connections that were closed meanwhile; more would outlast the store's time limit. */
const MAX_ATTEMPTS = 2;

/** Characters that the names of secrets may have there. */
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** Asks with the credentials of the agent's variables, or else those its host has (role of the Pod, profile, instance). */
export function createAwsProvider(options: AwsProviderOptions, context: ProviderContext): SecretProvider {
  let opening: Promise<SecretsManagerClient> | undefined;
  const prefix = options.pathPrefix ?? `/${context.environment}/`;
  const toPath = (name: string) => (name.startsWith('/') ? name : prefix + name);
  return {
    name: 'aws',
    isLocal: false,
    fetch: async (name, signal) => {
      opening ??= openClient(options, context);
      return fetchSecret(await opening, toPath(name), signal);
    },
    toPath,
    close: () => {
      void opening?.then((client) => client.destroy());
    },
  };
}

/** Loaded when first needed: 60 ms that an agent without AWS does not spend. */
async function openClient(options: AwsProviderOptions, context: ProviderContext): Promise<SecretsManagerClient> {
  const { SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  return new SecretsManagerClient({
    region: options.region,
    maxAttempts: MAX_ATTEMPTS,
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...readKeys(context),
  });
}

function readKeys({ variables }: ProviderContext): Pick<SecretsManagerClientConfig, 'credentials'> {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = variables;
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}

async function fetchSecret(client: SecretsManagerClient, id: string, signal: AbortSignal): Promise<SecretDocument> {
  if (!NAME.test(id)) throw secretNameInvalid(id, 'AWS knows no such names.', 'Use letters, digits and /_+=.@- only.');
  const { GetSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
  let reply: GetSecretValueCommandOutput;
  try {
    reply = await client.send(new GetSecretValueCommand({ SecretId: id }), { abortSignal: signal });
  } catch (thrown) {
    throw toAwsFailure(thrown, id);
  }
  const content = reply.SecretString ?? reply.SecretBinary;
  if (content === undefined) throw secretReplyInvalid(PROVIDER, 'The reply has neither a text nor bytes.');
  return toContentDocument(new SecretValue(content));
}
