// Where an environment has its datakits: `<registry of the environment>/datakits/<name>:<version>`.
import { type EnvironmentDeclaration, TowpathError } from '@towpath/core';
import { createRegistry, type FindCredentials, type ImagePlace, type Registry } from '@towpath/oci';

export interface RegistryAccess {
  readonly findCredentials: FindCredentials;
  readonly signal?: AbortSignal | undefined;
}

/** What of an environment says where its images are and which it takes. */
export type ImageEnvironment = Pick<EnvironmentDeclaration, 'name' | 'kind' | 'registry' | 'floatingTags'> &
  Partial<Pick<EnvironmentDeclaration, 'sizing'>>;

/** @throws TowpathError `REGISTRY_UNDECLARED`, `REGISTRY_INVALID` */
export function openDatakitPlace(environment: ImageEnvironment, name: string, access: RegistryAccess): ImagePlace {
  return { registry: openRegistry(environment, access), repository: `datakits/${name}` };
}

/** @throws TowpathError `REGISTRY_UNDECLARED`, `REGISTRY_INVALID` */
export function openRegistry(environment: ImageEnvironment, access: RegistryAccess): Registry {
  const { registry: address } = environment;
  if (address === undefined) throw registryUndeclared(environment.name);
  return createRegistry({ ...access, address });
}

/** `localhost:5000/team/datakits/x` */
export function formatPlace({ registry, repository }: ImagePlace): string {
  const { authority, prefix } = registry.location;
  return `${authority}/${prefix}${repository}`;
}

function registryUndeclared(environment: string): TowpathError {
  return new TowpathError({
    code: 'REGISTRY_UNDECLARED',
    message: `Environment ${environment} has no registry.`,
    cause: 'Images of datakits lie in the registry of each environment, and towpath.yaml declares none for it.',
    fix: `Add \`registry: host[:port][/path]\` to environments.${environment}.`,
  });
}
