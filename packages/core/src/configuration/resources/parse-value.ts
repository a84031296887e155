// What a text is by its type: whether it is one, and which resources it names.
import { LOG_LEVELS, type ValueType } from '../value-type.ts';
import { parseArn } from './parse-arn.ts';
import { isDatabaseUrl, parseDsn } from './parse-dsn.ts';
import { parseHost, parseHostPort, parsePort, toHostResource } from './parse-host.ts';
import { parseString } from './parse-string.ts';
import { isPlainPath, normalizePath, parseUrl } from './parse-url.ts';
import type { ParsedValue, Resource } from './resource.ts';

const NO_RESOURCES: ParsedValue = { resources: [] };

/** Parses a value of a type. `words` are those of an enum. */
export function parseValue(type: ValueType, text: string, words: readonly string[] = []): ParsedValue {
  if (NAMES.has(type) && isUnsetText(text)) return { expected: 'a name, and not what a program wrote in place of one' };
  if (type === 'enum') return words.includes(text) ? NO_RESOURCES : { expected: `one of ${words.join(', ')}` };
  return PARSERS[type](text);
}

/** Types whose text is a name, or the beginning of one. */
const NAMES: ReadonlySet<ValueType> = new Set(['prefix', 'bucket', 'database', 'namespace']);

// What a template of another program makes of a variable that is not set.
function isUnsetText(text: string): boolean {
  return /^(?:null|none|nan)$/i.test(text) || /(?:^|[-_.])undefined(?:[-_.]|$)/.test(text);
}

const PARSERS: Readonly<Record<Exclude<ValueType, 'enum'>, (text: string) => ParsedValue>> = {
  string: parseString,
  integer: (text) => (/^[+-]?[0-9]{1,15}$/.test(text) ? NO_RESOURCES : { expected: 'an integer' }),
  number: (text) => (isNumber(text) ? NO_RESOURCES : { expected: 'a number' }),
  boolean: (text) =>
    parseBoolean(text) === undefined ? { expected: 'true or false (or yes/no, on/off, 1/0)' } : NO_RESOURCES,
  url: parseAnyUrl,
  dsn: parseDsn,
  host: (text) => {
    const host = parseHost(text);
    return host === undefined ? { expected: 'a host name or an address' } : place('hosts', host);
  },
  hostPort: parseHostPorts,
  port: (text) => (parsePort(text) === undefined ? { expected: 'a port, 1 to 65535' } : NO_RESOURCES),
  bucket: parseBucket,
  arn: parseArn,
  database: (text) => named('databases', /^[^\s/\\;,'"`\p{Cc}]{1,128}$/u, 'a name of a database', text),
  namespace: (text) => named('namespaces', /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a DNS label: a-z, 0-9, -', text),
  account: (text) =>
    named('accounts', /^[A-Za-z0-9][A-Za-z0-9._@:-]{0,127}$/, 'an account: letters, digits, . _ @ : -', text),
  principal: parsePrincipal,
  realm: (text) => named('realms', /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,253})$/, 'a Kerberos realm', text),
  secretPath: (text) => parsePath('secretPaths', text),
  path: (text) => parsePath('paths', text),
  prefix: (text) => {
    const isPrefix = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(text);
    // `prod` alone owns nothing, but what begins with it may belong to another environment.
    const resource: Resource = { kind: 'buckets', role: 'actor', names: [`${text}-`] };
    return isPrefix ? { resources: [resource] } : { expected: 'a prefix: letters, digits, . _ -' };
  },
  email: (text) =>
    /^[^\s@<>,;"]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$/.test(text) ? NO_RESOURCES : { expected: 'an e-mail address' },
  duration: (text) =>
    /^(?:(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h|d))+|P(?=.)(?:[0-9]+D)?(?:T(?=.)(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+S)?)?)$/.test(
      text,
    )
      ? NO_RESOURCES
      : { expected: 'a duration: 500ms, 30s, 5m, 1h30m, 7d or PT1H' },
  logLevel: (text) => {
    const isKnown = LOG_LEVELS.some((level) => level === text.toUpperCase());
    return isKnown ? NO_RESOURCES : { expected: `one of ${LOG_LEVELS.join(', ')}` };
  },
};

/** True and false as configuration writes them; undefined for anything else. */
export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:true|yes|on|1)$/i.test(text)) return true;
  return /^(?:false|no|off|0)$/i.test(text) ? false : undefined;
}

// A URL of a database may name a second host and a database in its parameters.
function parseAnyUrl(text: string): ParsedValue {
  const url = parseUrl(text);
  if ('expected' in url) return url;
  if (!isDatabaseUrl(text)) return { resources: [...url.resources, ...listInQuery(text)] };
  const dsn = parseDsn(text);
  if ('expected' in dsn) return dsn;
  return {
    resources: [...url.resources, ...dsn.resources.map((resource) => ({ ...resource, role: 'actor' as const }))],
  };
}

// `?redirect=https://…`: it may be followed.
function listInQuery(text: string): readonly Resource[] {
  const query = text.includes('?') ? parseString(text.slice(text.indexOf('?'))) : NO_RESOURCES;
  return 'resources' in query ? query.resources : [];
}

function isNumber(text: string): boolean {
  return /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text) && Number.isFinite(Number(text));
}

// Brokers come as a list.
function parseHostPorts(text: string): ParsedValue {
  const hosts = text.split(',').map((part) => parseHostPort(part.trim()));
  const isGood = hosts.every((host) => host?.port !== undefined);
  if (!isGood) return { expected: 'host:port, or several separated by commas' };
  return { resources: hosts.filter((host) => host !== undefined).map(toHostResource) };
}

function parseBucket(text: string): ParsedValue {
  const [, name = ''] = /^(?:(?:s3[an]?|gs):\/\/)?([^/]+)(?:\/.*)?$/.exec(text) ?? [];
  const isBucket =
    /^[a-z0-9](?:[a-z0-9._-]{1,61})[a-z0-9]$/.test(name) && (name === text || isPlainPath(text)) && !/[,;|]/.test(text);
  return isBucket ? place('buckets', name) : { expected: 'a bucket: 3 to 63 of a-z, 0-9, . _ -' };
}

function parsePrincipal(text: string): ParsedValue {
  if (text.startsWith('arn:')) return parseArn(text);
  const [, realm] = /^[A-Za-z0-9][A-Za-z0-9._$/-]*(?:@([A-Za-z0-9][A-Za-z0-9.-]*))?$/.exec(text) ?? [];
  const isPrincipal = /^[A-Za-z0-9][A-Za-z0-9._$/-]*(?:@[A-Za-z0-9][A-Za-z0-9.-]*)?$/.test(text);
  if (!isPrincipal) return { expected: 'a principal: name, name@REALM, service/host@REALM or an ARN' };
  const principal: Resource = { kind: 'principals', role: 'place', names: [text] };
  return {
    resources: realm === undefined ? [principal] : [principal, { kind: 'realms', role: 'place', names: [realm] }],
  };
}

function parsePath(kind: 'paths' | 'secretPaths', text: string): ParsedValue {
  const isPath = !/[\\\p{Cc}]/u.test(text) && isPlainPath(text);
  if (!isPath) return { expected: 'a path without .. and backslashes' };
  const path: Resource = { kind, role: 'place', names: [normalizePath(text) || '.'] };
  return { resources: [path, ...listPieces(kind, text)] };
}

// A search path, or another list; none of it may be another environment's.
function listPieces(kind: Resource['kind'], text: string): readonly Resource[] {
  const pieces = /[,:;|]/.test(text) ? text.split(/[,:;|]/).filter((piece) => piece !== '') : [];
  return pieces.map((piece) => ({ kind, role: 'actor', names: [normalizePath(piece)] }));
}

function named(kind: Resource['kind'], pattern: RegExp, expected: string, text: string): ParsedValue {
  return pattern.test(text) ? place(kind, text) : { expected };
}

function place(kind: Resource['kind'], name: string): ParsedValue {
  return { resources: [{ kind, role: 'place', names: [name] }] };
}
