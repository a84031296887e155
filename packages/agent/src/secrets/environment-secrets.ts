// The secrets of the agent's environment as the rest of the agent asks for them: by a reference, or by a text that may be one.
import { parseSecretReference, type SecretReference, TowpathError } from '@towpath/core';
import { openSecretProvider } from './open-secret-provider.ts';
import type { ProviderContext } from './provider-context.ts';
import type { SecretPaths } from './secret-paths.ts';
import { createSecretStore } from './secret-store.ts';
import type { UncheckedSecretsOptions } from './secrets-options.ts';

/** What an environment declares of its secrets, with whose paths are whose. */
export interface SecretsSetup extends UncheckedSecretsOptions, Omit<ProviderContext, 'clock'> {
  readonly ttlSeconds: number;
  readonly maxStaleSeconds: number;
  readonly paths: SecretPaths;
}

/** The text behind a reference. @throws TowpathError `SECRET_…` */
export type ReadSecret = (reference: SecretReference, consumer: string) => Promise<string>;

export interface EnvironmentSecrets {
  readonly read: ReadSecret;
  /** The text itself when it is no reference. */
  resolveText(text: string): Promise<string>;
  close(): void;
}

/** Opens them; without a declaration every reference is refused. Reads are told to `log`, never a value. */
export function openEnvironmentSecrets(
  setup: SecretsSetup | undefined,
  log: (line: string) => void,
): EnvironmentSecrets {
  const store = setup && openStore(setup, log);
  const read: ReadSecret = async (reference, consumer) => {
    if (!store) throw undeclared();
    return (await store.resolve(reference, { consumer })).text();
  };
  return {
    read,
    resolveText: async (text) => {
      const reference = parseSecretReference(text);
      return reference === undefined ? text : await read(reference, 'agent');
    },
    close: () => store?.close(),
  };
}

function openStore(setup: SecretsSetup, log: (line: string) => void) {
  const { environment, ttlSeconds, maxStaleSeconds, paths } = setup;
  const context = { ...setup, clock: () => performance.now() };
  return createSecretStore({
    environment,
    paths,
    provider: openSecretProvider(setup, context),
    policy: { ttlSeconds, maxStaleSeconds },
    audit: ({ provider, consumer, reference, outcome }) =>
      log(`[${environment.toUpperCase()}] secret ${reference} read by ${consumer} from ${provider}: ${outcome}`),
  });
}

function undeclared(): TowpathError {
  return new TowpathError({
    code: 'SECRETS_UNDECLARED',
    message: 'A value refers to a secret, and the environment declares no provider of secrets.',
    fix: 'Declare one in towpath.yaml: environments.<name>.secrets: { provider: dotenv }.',
  });
}
