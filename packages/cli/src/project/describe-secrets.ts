import type { SecretsSetup } from '@towpath/agent';
import { type ConfigurationInputs, resolveConfiguration } from '@towpath/config';
import { createTextCheck } from './check-text.ts';

/**
 * Where the secrets of an environment are, whose paths are whose, and how a fetched one is judged; undefined when it declares
 * no provider.
 */
export function describeSecrets(inputs: ConfigurationInputs): SecretsSetup | undefined {
  const { environment, processVariables: variables } = inputs;
  const { folder, declaration } = inputs.project;
  const { name, namespace, secrets, owns } = environment;
  if (secrets === undefined) return undefined;
  const { provider, options, ttlSeconds, maxStaleSeconds } = secrets;
  const others = [...declaration.environments.values()].filter((other) => other.name !== name);
  const { values } = resolveConfiguration(inputs);
  const checkText = createTextCheck(inputs);
  return {
    ...{ provider, options, ttlSeconds, maxStaleSeconds },
    ...{ environment: name, projectFolder: folder, namespace, variables },
    paths: {
      own: owns.secretPaths,
      shared: declaration.shared.secretPaths,
      others: others.map((other) => ({ environment: other.name, patterns: other.owns.secretPaths })),
    },
    check: (name, text) => checkText([{ name, text, isSecret: true, place: values.get(name)?.place }]),
  };
}
