// Variables that client libraries read by themselves, whoever declares them or not: of PostgreSQL's libpq (chapter "Environment
// Variables" of its documentation), which most drivers imitate, of MySQL and of Microsoft's tools.
import type { ValueType } from '../value-type.ts';

/** Parameters of a connection string, and `database`. */
const MEANINGS: Readonly<Record<string, string>> = {
  PGHOST: 'host',
  PGHOSTADDR: 'hostaddr',
  PGDATABASE: 'database',
  PGSERVICE: 'service',
  PGSERVICEFILE: 'servicefile',
  MYSQL_HOST: 'host',
  SQLCMDSERVER: 'host',
  SQLCMDDBNAME: 'database',
};

/** A text with the type that it is judged as. */
export interface ClientText {
  readonly type: ValueType;
  readonly text: string;
}

/** What such a variable says; undefined: it is none, or says of a socket of this machine. */
export function findClientText(name: string, text: string): ClientText | undefined {
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  if (meaning === undefined || text === '' || text.startsWith('/')) return undefined;
  if (meaning === 'database') return { type: 'database', text };
  return { type: 'dsn', text: `${meaning}='${text.replaceAll("'", '')}'` };
}
