// URLs as far as ownership needs them: who is asked (host and port), for what (path). Spellings that browsers and libraries
// read differently (backslashes, blanks, `..`, encoded dots and hosts) are refused rather than understood.
import { parseHostPort, toHostResource } from './parse-host.ts';
import type { ParsedValue, Resource } from './resource.ts';

/** The parts of a URL. */
export interface UrlParts {
  readonly scheme: string;
  /** Still encoded. */
  readonly user: string | undefined;
  readonly hasPassword: boolean;
  /** As written; may be several, separated by commas. Empty for `file:///…`. */
  readonly authority: string;
  /** Begins with `/`, or is empty. */
  readonly path: string;
  readonly query: string;
}

const URL = /^([a-z][a-z0-9+.-]*):\/\/(?:([^@/?#\s]*)@)?([^@/?#\s]*)(\/[^?#\s]*)?(?:\?([^#\s]*))?(?:#\S*)?$/i;

export const DEFAULT_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  ftp: 21,
  ssh: 22,
  sftp: 22,
  ldap: 389,
  ldaps: 636,
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  sqlserver: 1433,
  mssql: 1433,
  oracle: 1521,
  redshift: 5439,
  mongodb: 27017,
  redis: 6379,
  rediss: 6379,
  amqp: 5672,
  amqps: 5671,
  mqtt: 1883,
  mqtts: 8883,
  nats: 4222,
  smtp: 25,
  smtps: 465,
};

const EXPECTED = 'a URL: scheme://host[:port][/path], without blanks, backslashes, .. or an encoded host';

/** Splits a URL; undefined when it is none, or one that is read in several ways. */
export function splitUrl(text: string): UrlParts | undefined {
  const [whole, scheme = '', credentials, authority = '', path = '', query = ''] = URL.exec(text) ?? [];
  if (whole === undefined || /[\\\p{Cc}]/u.test(text) || isListOfUrls(text) || !isPlainPath(path)) return undefined;
  const colon = credentials?.indexOf(':') ?? -1;
  const user = colon === -1 ? credentials : credentials?.slice(0, colon);
  return { scheme: scheme.toLowerCase(), user, hasPassword: colon !== -1, authority, path, query };
}

// `s3://a/x,s3://b/y`: one value that names several places, of which only the first would be judged.
function isListOfUrls(text: string): boolean {
  return /[,;|][a-z][a-z0-9+.-]{0,31}:\/\//i.test(text);
}

/**
 * The resources of a URL: a bucket of `s3://`, `gs://`; a path of `file://`; else a host, the URL itself, and the bucket that it asks
 * for where its host is known to serve buckets.
 */
export function parseUrl(text: string): ParsedValue {
  const parts = splitUrl(text);
  if (parts === undefined) return { expected: EXPECTED };
  const { scheme, authority, user = '' } = parts;
  const path = toPlainPath(parts.path);
  if (path === undefined) return { expected: EXPECTED };
  if (/^(?:s3[an]?|gc?s)$/.test(scheme)) return { resources: [place('buckets', authority)] };
  if (scheme === 'file') return authority === '' ? { resources: [place('paths', path)] } : { expected: EXPECTED };
  const host = parseHostPort(authority, DEFAULT_PORTS[scheme]);
  if (host === undefined) return { expected: EXPECTED };
  const address = toHostResource(host);
  const urls = address.names.flatMap((name) =>
    [...new Set([path, parts.path])].map((one) => `${scheme}://${name}${one}`),
  );
  // `abfss://container@account…`: what stands for the user is a container.
  const bucket = /^(?:abfs|wasb)s?$/.test(scheme) ? user : findBucket(host.host, path);
  const inside: readonly Resource[] = bucket ? [{ kind: 'buckets', role: 'actor', names: [bucket] }] : [];
  return { resources: [address, { kind: 'urls', role: 'place', names: urls }, ...inside] };
}

/** Hosts of AWS and Google that serve every bucket, by a part of their name or of the path. */
const BUCKET_HOST =
  /^(?:(.+)\.)?(?:s3(?:[.-](?:dualstack|fips|accelerate|website|[a-z]{2}(?:-[a-z]+)+-[0-9]))*\.amazonaws\.com(?:\.cn)?|storage\.googleapis\.com)$/;

function findBucket(host: string, path: string): string | undefined {
  const [whole, name] = BUCKET_HOST.exec(host) ?? [];
  return whole === undefined ? undefined : (name ?? path.split('/')[1]);
}

// As the server reads it: `/%70rod//./x` is `/prod/x`. Undefined: its encoding is none.
function toPlainPath(path: string): string | undefined {
  try {
    const text = decodeURIComponent(path);
    return isPlainPath(text) ? normalizePath(text) : undefined;
  } catch {
    return undefined;
  }
}

/** One spelling of a path: no `./`, no doubled `/`. */
export function normalizePath(text: string): string {
  return text
    .replace(/\/{2,}/g, '/')
    .replace(/\/(?:\.\/)+/g, '/')
    .replace(/^(?:\.\/)+/, '')
    .replace(/\/\.$/, '/');
}

/** A path without parts that lead elsewhere. */
export function isPlainPath(path: string): boolean {
  return !path.split('/').some((part) => /^(?:\.|%2e){2}$/i.test(part)) && !/%(?:2f|5c|00)/i.test(path);
}

function place(kind: Resource['kind'], name: string): Resource {
  return { kind, role: 'place', names: [name] };
}
