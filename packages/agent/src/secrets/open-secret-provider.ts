// Every provider there is.
import { createAwsProvider } from './aws/aws-provider.ts';
import { createDelineaProvider } from './delinea/delinea-provider.ts';
import { createDotenvProvider } from './dotenv/dotenv-provider.ts';
import { createFileProvider } from './file/file-provider.ts';
import { createKubernetesProvider } from './kubernetes/kubernetes-provider.ts';
import type { ProviderContext } from './provider-context.ts';
import type { SecretProvider } from './secret-provider.ts';
import { parseSecretsOptions, type UncheckedSecretsOptions } from './secrets-options.ts';

/**
 * Makes the provider of an environment's declaration. Nothing is asked before the first secret is.
 *
 * @throws TowpathError `SECRET_PROVIDER_UNKNOWN`, `SECRET_OPTIONS_INVALID`
 */
export function openSecretProvider(declaration: UncheckedSecretsOptions, context: ProviderContext): SecretProvider {
  const { provider, options } = parseSecretsOptions(context.environment, declaration);
  switch (provider) {
    case 'dotenv':
      return createDotenvProvider(context);
    case 'file':
      return createFileProvider(options, context);
    case 'kubernetes':
      return createKubernetesProvider(options, context);
    case 'delinea':
      return createDelineaProvider(options, context);
    case 'aws':
      return createAwsProvider(options, context);
  }
}
