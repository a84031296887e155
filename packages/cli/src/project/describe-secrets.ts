import type { SecretsSetup } from '@towpath/agent';
import type { Project } from '@towpath/config';
import type { EnvironmentDeclaration } from '@towpath/core';

/** Where the secrets of an environment are, and whose paths are whose; undefined when it declares no provider. */
export function describeSecrets(
  { folder, declaration }: Project,
  { name, namespace, secrets, owns }: EnvironmentDeclaration,
  variables: Readonly<Record<string, string | undefined>>,
): SecretsSetup | undefined {
  if (secrets === undefined) return undefined;
  const { provider, options, ttlSeconds, maxStaleSeconds } = secrets;
  const others = [...declaration.environments.values()].filter((environment) => environment.name !== name);
  return {
    ...{ provider, options, ttlSeconds, maxStaleSeconds },
    ...{ environment: name, projectFolder: folder, namespace, variables },
    paths: {
      own: owns.secretPaths,
      shared: declaration.shared.secretPaths,
      others: others.map((environment) => ({ environment: environment.name, patterns: environment.owns.secretPaths })),
    },
  };
}
