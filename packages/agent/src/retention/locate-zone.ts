// Where the data of a zone lies in an environment, by what towpath.yaml declares. That no other environment owns it was
// checked when the configuration was resolved.
import { join, resolve } from 'node:path';
import type { Project } from '@towpath/config';
import {
  deriveZone,
  type ResolvedConfiguration,
  type S3TargetDeclaration,
  type TargetDeclaration,
  type TargetMarker,
} from '@towpath/core';
import type { ResolveText } from '../notify/notification-sink.ts';
import { createTarget } from '../targets/create-target.ts';
import { openS3Zone, type S3Zone } from '../targets/s3/s3-zone.ts';

/** A place with data of the zone; its texts are resolved. */
export type ZonePlace = {
  readonly target: string;
  /** Whose it is. @throws TowpathError `TARGET_UNREACHABLE`, `TARGET_MISSING`, `TARGET_DENIED` */
  readMarker(): Promise<TargetMarker | undefined>;
} & (
  | { readonly kind: 'folder'; readonly folder: string }
  | {
      readonly kind: 'tables';
      readonly connection: {
        readonly host: string;
        readonly port: number;
        readonly database: string;
        readonly user: string;
        readonly password: string | undefined;
      };
    }
  | { readonly kind: 'bucket'; readonly sweep: S3Zone['sweep'] }
);

/** What is asked. */
export interface ZoneRequest {
  readonly project: Pick<Project, 'folder'>;
  /** Without problems. */
  readonly configuration: ResolvedConfiguration;
  readonly zone: string;
  /** What tells of targets besides the declaration: `LAKE_ENDPOINT`, `AWS_REGION`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Fetches what is a reference to a secret. */
  readonly resolveText: ResolveText;
}

/**
 * The declared targets that hold a zone: folders of objects, buckets that are the zone's, and PostgreSQL targets that are
 * named like the zone, whose tables lie in the schema of that name. Empty: none does.
 *
 * @throws TowpathError `TARGET_PLACE_INVALID`, or of secrets
 */
export async function locateZone(request: ZoneRequest): Promise<readonly ZonePlace[]> {
  const { configuration, zone } = request;
  const { environment, targets } = configuration;
  const bucket = environment.zones.get(zone) ?? deriveZone(environment.name, zone);
  const places = await Promise.all(
    [...targets].map(([target, facts]): Promise<ZonePlace | undefined> | ZonePlace | undefined => {
      if (facts.type === 's3') return findBucket(request, target, { facts, bucket });
      if (facts.type === 'folder') return toFolder(request, target, { location: facts.location, bucket });
      return target === zone ? toTables(request, target, facts) : undefined;
    }),
  );
  return places.filter((place) => place !== undefined);
}

function toFolder(
  { project }: ZoneRequest,
  target: string,
  at: { readonly location: string; readonly bucket: string },
): ZonePlace {
  const location = resolve(project.folder, at.location);
  const folder = join(location, at.bucket);
  const read = async (place: string): Promise<TargetMarker | undefined> =>
    (await createTarget({ name: target, type: 'folder', location: place }, {}, asIs)).readMarker();
  // The zone may have been claimed by itself, as a target of another environment.
  return { kind: 'folder', target, folder, readMarker: async () => (await read(folder)) ?? (await read(location)) };
}

async function findBucket(
  { variables, resolveText }: ZoneRequest,
  target: string,
  { facts, bucket }: { readonly facts: S3TargetDeclaration; readonly bucket: string },
): Promise<ZonePlace | undefined> {
  const zone = await openS3Zone({ name: target, ...facts }, variables, resolveText);
  if (zone.bucket !== bucket) return undefined;
  return { kind: 'bucket', target, readMarker: zone.readMarker, sweep: zone.sweep };
}

/** Role of the warehouse where a target names none. */
const DEFAULT_USER = 'bronze_user';

type PostgresTarget = Extract<TargetDeclaration, { type: 'postgres' }>;

async function toTables({ resolveText }: ZoneRequest, target: string, facts: PostgresTarget): Promise<ZonePlace> {
  const { host, port, database } = facts;
  const user = await resolveText(facts.user ?? DEFAULT_USER);
  const password = facts.password === undefined ? undefined : await resolveText(facts.password);
  return {
    kind: 'tables',
    target,
    connection: { host, port: Number(port), database, user, password },
    readMarker: async () =>
      (
        await createTarget({ name: target, type: 'postgres', host, port, database, user, password }, {}, asIs)
      ).readMarker(),
  };
}

/** Texts are resolved already; one that looks like a reference is a password of that look. */
async function asIs(text: string): Promise<string> {
  return text;
}
