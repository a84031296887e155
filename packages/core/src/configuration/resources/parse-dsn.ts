// Connection strings: URLs (`postgresql://…`, `jdbc:sqlserver://…;database=…`), `key=value` pairs of libpq and of ADO. All
// places that a driver would read are read, also where it takes a second one from the parameters.
import { type HostAndPort, parseHost, parseHostPort, parsePort, toHostResource } from './parse-host.ts';
import { DEFAULT_PORTS, splitUrl } from './parse-url.ts';
import type { ParsedValue, Resource } from './resource.ts';

const EXPECTED =
  'a connection string: scheme://user@host:port/database, host=… dbname=…, or Server=…;Database=… with a host and no service= or file; @, # and ; of names and passwords in a URL as %40, %23 and %3B';

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
  hostname: 'host',
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
  // These name a place that stands in another file.
  service: 'elsewhere',
  servicefile: 'elsewhere',
  dsn: 'elsewhere',
  filedsn: 'elsewhere',
  attachdbfilename: 'elsewhere',
};

/** Whether drivers of databases take it: `postgresql://…`, `mysql+pymysql://…`, `jdbc:…`. */
export function isDatabaseUrl(text: string): boolean {
  return /^(?:jdbc:|(?:postgres(?:ql)?|mysql|mariadb|sqlserver|mssql|oracle|redshift|mongodb|snowflake|trino|clickhouse|cockroachdb)(?:\+[a-z0-9_]+)?:\/\/)/i.test(
    text,
  );
}

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
  const parts = hasSecondReading(text) ? undefined : splitUrl(head);
  if (parts === undefined) return undefined;
  const user = decode(parts.user ?? '');
  const database = decode(parts.path.slice(1));
  const pairs = [...parts.query.split('&'), ...semicolons].filter((pair) => pair !== '').map(splitPair);
  if (user === undefined || database === undefined || !pairs.every((pair) => pair !== undefined)) return undefined;
  // `postgresql+psycopg`: SQLAlchemy names the driver besides.
  const named = readParameters(pairs, DEFAULT_PORTS[parts.scheme.replace(/\+.*$/, '')]);
  if (named === undefined) return undefined;
  return {
    hosts: [...parts.authority.split(',').filter((host) => host !== ''), ...named.hosts],
    // Some drivers read `database/schema`.
    databases: [...new Set([database, database.split('/')[0] ?? '']), ...named.databases].filter((name) => name !== ''),
    users: [user, ...named.users].filter((name) => name !== ''),
    defaultPort: named.defaultPort,
  };
}

// After the credentials libpq looks for the first `@`, SQLAlchemy for the last, and neither knows fragments: `//a#@b/x` is host `a`
// to some and `b` to others. Only SQL Server's JDBC driver has no credentials there, and so no doubt.
function hasSecondReading(text: string): boolean {
  if (/^jdbc:sqlserver:/i.test(text)) return /[@#]/.test(text.split(';')[0] ?? '');
  return /[@#]/.test(text.replace(/^[^:]*:(?:[^:/]*:)?\/\/[^@/?#;\s]*@/, ''));
}

// `Server=db.example,1433;Database=x` of ADO, `host=db.example dbname=x` of libpq.
function readPairs(text: string): Dsn | undefined {
  if (!/^\s*\w[\w ]*=/.test(text) || /\p{Cc}/u.test(text)) return undefined;
  const isAdo = text.includes(';');
  if (isAdo ? text.split(';').some(hasPairInside) : hasEscape(text)) return undefined;
  const pairs = isAdo ? text.split(';') : (text.match(/\w+\s*=\s*(?:'(?:\\.|[^'\\])*'|[^\s']*)/g) ?? []);
  if (!isAdo && pairs.join('').replace(/\s/g, '').length !== text.replace(/\s/g, '').length) return undefined;
  const split = pairs.filter((pair) => pair.trim() !== '').map(splitPair);
  if (!split.every((pair) => pair !== undefined)) return undefined;
  return readParameters(split, isAdo ? DEFAULT_PORTS.sqlserver : DEFAULT_PORTS.postgresql);
}

// `host=a;x=1 host=b` is host `a` to ADO, and `b` to libpq, to which a semicolon is like any other character.
function hasPairInside(pair: string): boolean {
  return /\s\w+\s*=/.test(pair.slice(pair.indexOf('=') + 1));
}

// libpq reads `db.pro\d` as `db.prod`; a server of ADO, alone in its text, may name an instance.
function hasEscape(text: string): boolean {
  return text.includes('\\') && !/^\s*(?:server|data source)\s*=\S*$/i.test(text);
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
  // Names of parameters may be encoded as well: `?%68ost=`.
  const key = decode(text.slice(0, at))
    ?.toLowerCase()
    .replace(/[\s_-]/g, '');
  const value = decode(
    text
      .slice(at + 1)
      .trim()
      .replace(/^'(.*)'$/s, '$1')
      .replace(/^"(.*)"$/s, '$1')
      // ODBC's quotes.
      .replace(/^\{(.*)\}$/s, (_, inner: string) => inner.replaceAll('}}', '}')),
  );
  return at <= 0 || key === undefined || value === undefined ? undefined : [key, value];
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
