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
  postgres: 5432,
  postgresql: 5432,
  mysql: 3306,
  mariadb: 3306,
  sqlserver: 1433,
  mssql: 1433,
  redis: 6379,
  smtp: 25,
  smtps: 465,
};

const EXPECTED = 'a URL: scheme://host[:port][/path], without blanks, backslashes, .. or an encoded host';

/** Splits a URL; undefined when it is none, or one that is read in several ways. */
export function splitUrl(text: string): UrlParts | undefined {
  const [whole, scheme = '', credentials, authority = '', path = '', query = ''] = URL.exec(text) ?? [];
  if (whole === undefined || /[\\\p{Cc}]/u.test(text) || !isPlainPath(path)) return undefined;
  const colon = credentials?.indexOf(':') ?? -1;
  const user = colon === -1 ? credentials : credentials?.slice(0, colon);
  return { scheme: scheme.toLowerCase(), user, hasPassword: colon !== -1, authority, path, query };
}

/** The resources of a URL: a bucket of `s3://`, `gs://`; a path of `file://`; else a host, and the URL itself. */
export function parseUrl(text: string): ParsedValue {
  const parts = splitUrl(text);
  if (parts === undefined) return { expected: EXPECTED };
  const { scheme, authority, path } = parts;
  if (/^(?:s3[an]?|gs)$/.test(scheme)) return { resources: [place('buckets', authority)] };
  if (scheme === 'file') return authority === '' ? { resources: [place('paths', path)] } : { expected: EXPECTED };
  const host = parseHostPort(authority, DEFAULT_PORTS[scheme]);
  if (host === undefined) return { expected: EXPECTED };
  const address = toHostResource(host);
  const urls = address.names.map((name) => `${scheme}://${name}${path}`);
  return { resources: [address, { kind: 'urls', role: 'place', names: urls }] };
}

/** A path without parts that lead elsewhere. */
export function isPlainPath(path: string): boolean {
  return !path.split('/').some((part) => /^(?:\.|%2e){2}$/i.test(part)) && !/%(?:2f|5c|00)/i.test(path);
}

function place(kind: Resource['kind'], name: string): Resource {
  return { kind, role: 'place', names: [name] };
}
