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
  /** Judges what a variable's reference stands for. @throws TowpathError when the environment must not use it */
  readonly check: (variable: string, text: string) => void;
}

/** The text behind the reference that a variable holds. @throws TowpathError `SECRET_…`, or what is wrong with the text */
export type ReadSecret = (variable: string, reference: SecretReference, consumer: string) => Promise<string>;

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
  const fetch = async (reference: SecretReference, consumer: string): Promise<string> => {
    if (!store) throw undeclared();
    return (await store.resolve(reference, { consumer })).text();
  };
  return {
    read: async (variable, reference, consumer) => {
      const text = await fetch(reference, consumer);
      setup?.check(variable, text);
      return text;
    },
    resolveText: async (text) => {
      const reference = parseSecretReference(text);
      return reference === undefined ? text : await fetch(reference, 'agent');
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
