// The secrets of the agent's environment as the rest of the agent asks for them: by a reference, or by a text that may be one.
import {
  findSecretOwner,
  formatErrorLines,
  formatSecretReference,
  parseSecretReference,
  type SecretPaths,
  type SecretReference,
  TowpathError,
  toErrorFacts,
} from '@towpath/core';
import { openSecretProvider } from './open-secret-provider.ts';
import type { ProviderContext } from './provider-context.ts';
import { createSecretStore, type SecretConsumer, type SecretRead } from './secret-store.ts';
import type { SecretValue } from './secret-value.ts';
import type { UncheckedSecretsOptions } from './secrets-options.ts';

/** What an environment declares of its secrets, with whose paths are whose. */
export interface SecretsSetup extends UncheckedSecretsOptions, Omit<ProviderContext, 'clock' | 'findForeignOwner'> {
  readonly ttlSeconds: number;
  readonly maxStaleSeconds: number;
  readonly paths: SecretPaths;
  /** Judges what a variable's reference stands for. @throws TowpathError when the environment must not use it */
  readonly check: (variable: string, text: string) => void;
}

/** Who asks for the text behind a reference, and the variables that it is for. */
export interface SecretDemand extends SecretConsumer {
  readonly variables: readonly string[];
}

/** The text behind a reference. @throws TowpathError `SECRET_…`, or what is wrong with the text */
export type ReadSecret = (reference: SecretReference, demand: SecretDemand) => Promise<string>;

export interface EnvironmentSecrets {
  readonly read: ReadSecret;
  /** The text itself when it is no reference. */
  resolveText(text: string): Promise<string>;
  close(): void;
}

/** Where reads are told, before the value is handed out. */
export interface ReadAudit {
  /** What it throws keeps the value back. */
  keep(read: SecretRead): Promise<void>;
  readonly log: (line: string) => void;
}

/** Opens them; without a declaration every reference is refused. */
export function openEnvironmentSecrets(setup: SecretsSetup | undefined, audit: ReadAudit): EnvironmentSecrets {
  const store = setup && openStore(setup, audit);
  const read: ReadSecret = async (reference, { variables, ...consumer }) => {
    if (!store) throw undeclared();
    const judge = (value: SecretValue): void => {
      for (const variable of variables) setup?.check(variable, value.text());
    };
    return (await store.resolve(reference, { consumer, judge })).text();
  };
  return {
    read,
    resolveText: async (text) => {
      const reference = parseSecretReference(text);
      if (reference === undefined) return text;
      return await read(reference, { attemptId: null, purpose: 'agent', variables: [] });
    },
    close: () => store?.close(),
  };
}

function openStore(setup: SecretsSetup, { keep, log }: ReadAudit) {
  const { environment, ttlSeconds, maxStaleSeconds, paths } = setup;
  const context = {
    ...setup,
    findForeignOwner: (path: string) => findSecretOwner(path, environment, paths),
    clock: () => performance.now(),
  };
  return createSecretStore({
    environment,
    paths,
    provider: openSecretProvider(setup, context),
    policy: { ttlSeconds, maxStaleSeconds },
    audit: async (read) => {
      const who = read.consumer.attemptId === null ? 'the agent' : `attempt ${read.consumer.attemptId}`;
      const reference = formatSecretReference(read.reference);
      log(`[${environment.toUpperCase()}] secret ${reference} read by ${who} from ${read.provider}: ${read.outcome}`);
      await keep(read).catch((thrown: unknown) => {
        // The store tells its consumer only that; why is for whoever looks after the agent.
        log(formatErrorLines(toErrorFacts(thrown)));
        throw thrown;
      });
    },
  });
}

function undeclared(): TowpathError {
  return new TowpathError({
    code: 'SECRETS_UNDECLARED',
    message: 'A value refers to a secret, and the environment declares no provider of secrets.',
    fix: 'Declare one in towpath.yaml: environments.<name>.secrets: { provider: dotenv }.',
  });
}
