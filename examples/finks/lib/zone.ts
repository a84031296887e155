// What a zone is to a task. It carries the name of its environment in a mark that is set once; nothing is written to a zone of
// another one.
import { ConfigurationError } from 'towpath';

/** A zone of this environment. */
export interface Zone {
  /** Writes an object whole or not at all: a reader never sees half of it. Returns its address. */
  write(key: string, text: string): Promise<string>;
  /** An object's text; undefined when there is none. */
  read(key: string): Promise<string | undefined>;
  /** Keys below a prefix, in order. */
  list(prefix: string): Promise<readonly string[]>;
}

/** Variables that a task needs to open a zone. */
export const ZONE_VARIABLES = ['ZONES', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const;

/** Their values. */
export type ZoneConfiguration = Readonly<Record<(typeof ZONE_VARIABLES)[number], string>>;

/** Which zone, and who wants to use it. */
export interface ZoneRequest {
  readonly bucket: string;
  readonly environment: string;
}

/** True when zones are buckets of a store, whose address this is; else it is a folder. */
export function isStore(zones: string): boolean {
  return /^https?:\/\//.test(zones);
}

/** Throws unless the mark is the environment's own. */
export function checkMark({ bucket, environment }: ZoneRequest, mark: string | undefined): void {
  if (mark === environment) return;
  const whose = mark === undefined ? 'nobody has claimed it' : `it belongs to ${mark}`;
  throw new ConfigurationError(`[${environment.toUpperCase()}] zone ${bucket} is not ours: ${whose}`);
}
