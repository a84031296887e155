// Secrets as files of a folder: those of Docker (`/run/secrets`), of a CSI driver, or a developer's own.
import { resolve } from 'node:path';
import type { ProviderContext } from '../provider-context.ts';
import { readSecretFolder } from '../read-secret-folder.ts';
import type { SecretProvider } from '../secret-provider.ts';
import type { FileProviderOptions } from '../secrets-options.ts';
import { toRootedPath } from '../to-path.ts';

/** Reads beneath `folder`, which is relative to the project. */
export function createFileProvider({ folder }: FileProviderOptions, context: ProviderContext): SecretProvider {
  const root = resolve(context.projectFolder, folder);
  return {
    name: 'file',
    isLocal: true,
    fetch: (name) => readSecretFolder({ folder: root, findForeignOwner: context.findForeignOwner }, name),
    toPath: toRootedPath,
    close: () => undefined,
  };
}
