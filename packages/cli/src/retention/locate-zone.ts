// Where the data of a zone lies in an environment, by what towpath.yaml declares. That no other environment owns it was
// checked when the configuration was resolved.
import { join, resolve } from 'node:path';
import type { Project } from '@towpath/config';
import { deriveZone, type EnvironmentDeclaration, type TargetDeclaration, TowpathError } from '@towpath/core';
import type { UsableVariables } from '../project/usable-variables.ts';

/** Layers of a warehouse. */
export const ZONE_NAMES = ['bronze', 'silver', 'gold'] as const;

export type ZoneName = (typeof ZONE_NAMES)[number];

/** A place with data of the zone. */
export type ZonePlace =
  | { readonly kind: 'folder'; readonly target: string; readonly folder: string }
  | {
      readonly kind: 'tables';
      readonly target: string;
      readonly connection: {
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly user: string;
        readonly password: string | undefined;
      };
    };

/** What is asked. */
export interface ZoneRequest {
  readonly project: Project;
  readonly environment: EnvironmentDeclaration;
  readonly zone: ZoneName;
  readonly variables: UsableVariables;
}

/**
 * The declared targets that hold a zone: folders of objects, and PostgreSQL targets that are named like the zone, whose
 * tables lie in the schema of that name.
 *
 * @throws TowpathError `ZONE_UNDECLARED`, `TARGET_UNSUPPORTED`, `TARGET_VALUE_UNSET`
 */
export function locateZone(request: ZoneRequest): readonly ZonePlace[] {
  const { project, zone } = request;
  const declared = request.environment;
  const environment = declared.name;
  const bucket = declared.zones.get(zone) ?? deriveZone(environment, zone);
  const places = [...declared.targets].flatMap(([target, facts]): ZonePlace[] => {
    if (facts.type === 'postgres') return target === zone ? [toTables(request, target, facts)] : [];
    if (facts.type === 's3') throw unsupported(environment, target);
    const location = resolve(project.folder, fill(request, target, facts.location));
    return [{ kind: 'folder', target, folder: join(location, bucket) }];
  });
  if (places.length > 0) return places;
  throw new TowpathError({
    code: 'ZONE_UNDECLARED',
    message: `[${environment.toUpperCase()}] No target holds zone ${zone}.`,
    cause: `environments.${environment}.targets in towpath.yaml has no folder and no PostgreSQL named ${zone}.`,
    fix: `Declare one, for example: targets: { lake: { type: folder, location: ./zones } }`,
  });
}

/** Role of the warehouse where a target names none. */
const DEFAULT_USER = 'bronze_user';

type PostgresTarget = Extract<TargetDeclaration, { type: 'postgres' }>;

function toTables(request: ZoneRequest, target: string, facts: PostgresTarget): ZonePlace {
  const text = (value: string): string => fill(request, target, value);
  const { host, port, database, user, password } = facts;
  const connection = {
    ...{ host: text(host), port: Number(text(port)), database: text(database), user: text(user ?? DEFAULT_USER) },
    password: password === undefined ? undefined : text(password),
  };
  return { kind: 'tables', target, connection };
}

function fill({ variables, environment: { name: environment } }: ZoneRequest, target: string, text: string): string {
  if (text.startsWith('secret://')) throw unsupported(environment, target);
  return text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = variables[name];
    if (value !== undefined) return value;
    throw new TowpathError({
      code: 'TARGET_VALUE_UNSET',
      message: `[${environment.toUpperCase()}] Target ${target} needs ${name}, which has no value.`,
      fix: `Set ${name} in config/.env.${environment}.`,
    });
  });
}

function unsupported(environment: string, target: string): TowpathError {
  return new TowpathError({
    code: 'TARGET_UNSUPPORTED',
    message: `[${environment.toUpperCase()}] Retention can't reach target ${target} yet.`,
    cause: 'It knows folders, and PostgreSQL whose password is a variable; not S3, and no secret of a provider.',
    fix: 'For S3 set a lifecycle rule of the bucket to the same number of days.',
  });
}
