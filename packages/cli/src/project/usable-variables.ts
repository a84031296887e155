import { assertUsable, type ConfigurationInputs, resolveConfiguration } from '@towpath/config';

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
