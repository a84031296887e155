// Connection strings: URLs (`postgresql://…`, `jdbc:sqlserver://…;database=…`), `key=value` pairs of libpq and of ADO. All
// places that a driver would read are read, also where it takes a second one from the parameters.
import { type HostAndPort, parseHost, parseHostPort, parsePort, toHostResource } from './parse-host.ts';
import { DEFAULT_PORTS, splitUrl } from './parse-url.ts';
import type { ParsedValue, Resource } from './resource.ts';

const EXPECTED =
  'a connection string: scheme://user@host:port/database, host=… dbname=…, or Server=…;Database=… with a host and no service= or file';

/** Names of parameters by what they say. Compared in lower case without blanks, `_` and `-`. */
const PARAMETERS: Readonly<Record<string, 'host' | 'port' | 'database' | 'user' | 'elsewhere'>> = {
  host: 'host',
  hostaddr: 'host',
  server: 'host',
  servername: 'host',
  datasource: 'host',
  addr: 'host',
  address: 'host',
  networkaddress: 'host',
  failoverpartner: 'host',
  port: 'port',
  portnumber: 'port',
  dbname: 'database',
  db: 'database',
  database: 'database',
  databasename: 'database',
  initialcatalog: 'database',
  user: 'user',
  username: 'user',
  userid: 'user',
  uid: 'user',
  // Both name a place that stands in another file.
  service: 'elsewhere',
  servicefile: 'elsewhere',
  attachdbfilename: 'elsewhere',
};

interface Dsn {
  readonly hosts: readonly string[];
  readonly databases: readonly string[];
  readonly users: readonly string[];
  readonly defaultPort: number | undefined;
}

/** The hosts, databases and users that a connection string names. */
export function parseDsn(text: string): ParsedValue {
  const dsn = readUrl(text) ?? readPairs(text);
  if (dsn === undefined || dsn.hosts.length === 0) return { expected: EXPECTED };
  const hosts = dsn.hosts.map((host) => parseServer(host, dsn.defaultPort));
  if (!hosts.every((host) => host !== undefined)) return { expected: EXPECTED };
  return {
    resources: [
      ...hosts.map(toHostResource),
      ...dsn.databases.map((name): Resource => ({ kind: 'databases', role: 'inside', names: [name] })),
      ...dsn.users.map((name): Resource => ({ kind: 'principals', role: 'actor', names: [name] })),
    ],
  };
}

function readUrl(text: string): Dsn | undefined {
  const [head = '', ...semicolons] = text.replace(/^jdbc:/i, '').split(';');
  const parts = splitUrl(head);
  if (parts === undefined) return undefined;
  const user = decode(parts.user ?? '');
  const database = decode(parts.path.slice(1));
  const pairs = [...parts.query.split('&'), ...semicolons].filter((pair) => pair !== '').map(splitPair);
  if (user === undefined || database === undefined || !pairs.every((pair) => pair !== undefined)) return undefined;
  const named = readParameters(pairs, DEFAULT_PORTS[parts.scheme]);
  if (named === undefined) return undefined;
  return {
    hosts: [...parts.authority.split(',').filter((host) => host !== ''), ...named.hosts],
    databases: [database, ...named.databases].filter((name) => name !== ''),
    users: [user, ...named.users].filter((name) => name !== ''),
    defaultPort: named.defaultPort,
  };
}

// `Server=db.example,1433;Database=x` of ADO, `host=db.example dbname=x` of libpq.
function readPairs(text: string): Dsn | undefined {
  if (!/^\s*[\w ]+=/.test(text) || /\p{Cc}/u.test(text)) return undefined;
  const pairs = text.includes(';') ? text.split(';') : (text.match(/\w+\s*=\s*(?:'(?:\\.|[^'\\])*'|[^\s']*)/g) ?? []);
  if (!text.includes(';') && pairs.join('').replace(/\s/g, '').length !== text.replace(/\s/g, '').length)
    return undefined;
  const split = pairs.filter((pair) => pair.trim() !== '').map(splitPair);
  if (!split.every((pair) => pair !== undefined)) return undefined;
  return readParameters(split, undefined);
}

type Pair = readonly [string, string];

function readParameters(pairs: readonly Pair[], schemePort: number | undefined): Dsn | undefined {
  const values = (meaning: string): readonly string[] =>
    pairs
      .filter(([key]) => PARAMETERS[key] === meaning)
      .flatMap(([, value]) => (meaning === 'host' ? value.split(',') : [value]));
  if (values('elsewhere').length > 0) return undefined;
  const ports = values('port').map(parsePort);
  if (!ports.every((port) => port !== undefined) || ports.length > 1) return undefined;
  const joined = pairs.filter(([key, value]) => PARAMETERS[key] === 'host' && /,[0-9]+$/.test(value));
  const hosts = joined.length > 0 ? joined.map(([, value]) => value.replace(/,([0-9]+)$/, ':$1')) : values('host');
  return { hosts, databases: values('database'), users: values('user'), defaultPort: ports[0] ?? schemePort };
}

function splitPair(text: string): Pair | undefined {
  const at = text.indexOf('=');
  const key = text
    .slice(0, at)
    .toLowerCase()
    .replace(/[\s_-]/g, '');
  const value = decode(
    text
      .slice(at + 1)
      .trim()
      .replace(/^'(.*)'$/s, '$1')
      .replace(/^"(.*)"$/s, '$1'),
  );
  return at <= 0 || value === undefined ? undefined : [key, value];
}

// ADO writes `tcp:host` and `host\instance`; a socket folder is no host that anybody can own.
function parseServer(text: string, defaultPort: number | undefined): HostAndPort | undefined {
  const [, name = ''] = /^(?:tcp:)?([^\\]*)(?:\\[\w$-]+)?$/i.exec(text) ?? [];
  const bare = parseHost(name);
  return bare === undefined || name.startsWith('[')
    ? parseHostPort(name, defaultPort)
    : { host: bare, port: defaultPort };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
