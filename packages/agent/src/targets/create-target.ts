import { TowpathError } from '@towpath/core';
import type { ResolveText } from '../notify/notification-sink.ts';
import { createFolderTarget } from './folder/folder-target.ts';
import { createPostgresTarget } from './postgres/postgres-target.ts';
import { type TargetDeclaration, variablePrefixOf } from './target-declaration.ts';
import type { TargetStore } from './target-store.ts';

/**
 * The target as an attempt with these variables would reach it: what a variable such as `BRONZE_HOST` says stands above the
 * declaration, so that what is asserted is what is written to.
 *
 * @throws TowpathError `TARGET_PLACE_INVALID`
 */
export async function createTarget(
  declaration: TargetDeclaration,
  variables: Readonly<Record<string, string>>,
  resolveText: ResolveText,
): Promise<TargetStore> {
  const prefix = variablePrefixOf(declaration.name);
  const read = (key: string): string | undefined => variables[prefix + key] || undefined;
  if (declaration.type === 'folder')
    return createFolderTarget(await resolveText(read('LOCATION') ?? declaration.location));
  const { host, port, database, user, password } = declaration;
  const chosen = read('PASSWORD') ?? password;
  return createPostgresTarget({
    host: await resolveText(read('HOST') ?? host),
    port: parsePort(declaration.name, read('PORT') ?? String(port)),
    database: await resolveText(read('DATABASE') ?? database),
    user: await resolveText(read('USER') ?? user),
    password: chosen === undefined ? undefined : await resolveText(chosen),
  });
}

function parsePort(target: string, text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new TowpathError({
    code: 'TARGET_PLACE_INVALID',
    message: `Target ${target} has no port that is one.`,
    fix: `Set ${variablePrefixOf(target)}PORT, or \`port\` of the target in towpath.yaml, to a number up to 65535.`,
  });
}
