import { assertUsable, type ConfigurationInputs, resolveConfiguration } from '@towpath/config';
import { TowpathError } from '@towpath/core';

/** Values by variable, secrets among them. */
export type UsableVariables = Readonly<Record<string, string>>;

/**
 * The values of an environment, if nothing is wrong with any of them; references to secrets stay references, which an
 * agent fetches for the attempts that ask for them.
 *
 * @throws TowpathError the problems of the configuration
 */
export function getAgentVariables(inputs: ConfigurationInputs): UsableVariables {
  const configuration = resolveConfiguration(inputs);
  assertUsable(configuration);
  return Object.fromEntries([...configuration.values.values()].map(({ name, text }) => [name, text]));
}

/** Names of the variables whose value is a secret itself: not a reference to one. */
export function listSecretVariables(inputs: ConfigurationInputs): readonly string[] {
  const values = [...resolveConfiguration(inputs).values.values()];
  return values
    .filter(({ isSecret, secretReference }) => isSecret && secretReference === undefined)
    .map(({ name }) => name);
}

/**
 * The values for a command, which fetches no secrets.
 *
 * @throws TowpathError the problems of the configuration, `SECRETS_UNRESOLVED`
 */
export function getUsableVariables(inputs: ConfigurationInputs): UsableVariables {
  const configuration = resolveConfiguration(inputs);
  assertUsable(configuration);
  const values = [...configuration.values.values()];
  const references = values.filter(({ secretReference }) => secretReference !== undefined);
  if (references.length > 0) throw unresolved(references.map(({ name }) => name));
  return Object.fromEntries(values.map(({ name, text }) => [name, text]));
}

// The text of a reference must not reach a program as if it were the secret.
function unresolved(names: readonly string[]): TowpathError {
  return new TowpathError({
    code: 'SECRETS_UNRESOLVED',
    message: `${names.join(', ')} refer to secrets, which this command does not fetch.`,
    fix: 'Give the values in config/.env.<environment>.',
  });
}
