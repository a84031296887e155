import { TowpathError, variablePrefixOf } from '@towpath/core';
import type { ResolveText } from '../notify/notification-sink.ts';
import type { AgentTarget } from './agent-target.ts';
import { createFolderTarget } from './folder/folder-target.ts';
import { createPostgresTarget, type PostgresPlace } from './postgres/postgres-target.ts';
import { resolveS3Place } from './s3/s3-place.ts';
import { createS3Target } from './s3/s3-target.ts';
import type { TargetStore } from './target-store.ts';

/**
 * The target as an attempt with these variables would reach it: what a variable such as `BRONZE_HOST` says stands above the
 * declaration, so that what is asserted is what is written to.
 *
 * @throws TowpathError `TARGET_PLACE_INVALID`
 */
export async function createTarget(
  declaration: AgentTarget,
  variables: Readonly<Record<string, string>>,
  resolveText: ResolveText,
): Promise<TargetStore> {
  if (declaration.type === 's3') return createS3Target(await resolveS3Place(declaration, variables, resolveText));
  if (declaration.type === 'postgres')
    return createPostgresTarget(await resolvePostgresPlace(declaration, variables, resolveText));
  const location = variables[`${variablePrefixOf(declaration.name)}LOCATION`] || declaration.location;
  return createFolderTarget(await resolveText(location));
}

/**
 * Where the database of a target is, as an attempt with these variables would reach it.
 *
 * @throws TowpathError `TARGET_PLACE_INVALID`, or of `resolveText`
 */
export async function resolvePostgresPlace(
  { name, host, port, database, user, password }: Extract<AgentTarget, { type: 'postgres' }>,
  variables: Readonly<Record<string, string>>,
  resolveText: ResolveText,
): Promise<PostgresPlace> {
  const prefix = variablePrefixOf(name);
  const read = (key: string): string | undefined => variables[prefix + key] || undefined;
  return {
    host: await resolveText(read('HOST') ?? host),
    port: parsePort(name, await resolveText(read('PORT') ?? port)),
    database: await resolveText(read('DATABASE') ?? database),
    user: await resolveOptional(read('USER') ?? user, resolveText),
    password: await resolveOptional(read('PASSWORD') ?? password, resolveText),
  };
}

async function resolveOptional(text: string | undefined, resolveText: ResolveText): Promise<string | undefined> {
  return text === undefined ? undefined : await resolveText(text);
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
