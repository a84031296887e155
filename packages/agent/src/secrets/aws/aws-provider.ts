// AWS Secrets Manager. Names are paths: `fmp/api_key` stands for `/<environment>/fmp/api_key`, and one that begins with `/`
// for itself. An ARN can't be written: it would name a secret without the path that tells whose it is.
import type { ProviderContext } from '../provider-context.ts';
import { toContentDocument } from '../secret-document.ts';
import { secretNameInvalid, secretReplyInvalid } from '../secret-errors.ts';
import type { SecretDocument, SecretProvider } from '../secret-provider.ts';
import { SecretValue } from '../secret-value.ts';
import type { AwsProviderOptions } from '../secrets-options.ts';
import type { AwsClient } from './aws-client.ts';
import { PROVIDER, toAwsFailure } from './aws-errors.ts';

/** Characters that the names of secrets may have there. */
const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

/** Loads the client with the first question, as most agents never ask AWS. */
export function createAwsProvider(options: AwsProviderOptions, context: ProviderContext): SecretProvider {
  let opening: Promise<AwsClient> | undefined;
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
      void opening?.then((client) => client.close());
    },
  };
}

async function openClient(options: AwsProviderOptions, context: ProviderContext): Promise<AwsClient> {
  const { createAwsClient } = await import('./aws-client.ts');
  return createAwsClient(options, context);
}

async function fetchSecret(client: AwsClient, id: string, signal: AbortSignal): Promise<SecretDocument> {
  if (!NAME.test(id)) throw secretNameInvalid(id, 'AWS knows no such names.', 'Use letters, digits and /_+=.@- only.');
  let content: string | Uint8Array | undefined;
  try {
    content = await client.get(id, signal);
  } catch (thrown) {
    throw toAwsFailure(thrown, id);
  }
  if (content === undefined) throw secretReplyInvalid(PROVIDER, 'The reply has neither a text nor bytes.');
  return toContentDocument(new SecretValue(content));
}
