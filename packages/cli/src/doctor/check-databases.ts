// Whether the databases that Towpath is pointed at are new enough, and whether the state database answers at all.
import { askPostgres } from './ask-postgres.ts';
import type { Check, CheckSubject, Finding } from './check.ts';
import { type CheckedDatabase, listDatabases } from './list-databases.ts';

/** Is each PostgreSQL of a version that has what Towpath asks of it? */
export const checkDatabases: Check = async (subject) => {
  const databases = await listDatabases(subject);
  if (databases.length === 0) return [{ subject: 'postgresql version', status: 'ok', text: 'no database is named' }];
  return await Promise.all(databases.map((database) => checkVersion(subject, database)));
};

async function checkVersion({ limits, now }: CheckSubject, database: CheckedDatabase): Promise<Finding> {
  const { subject, use, config } = database;
  const least = use === 'state' ? limits.minStateMajor : limits.minWarehouseMajor;
  try {
    const { version, major } = await askPostgres(config, now);
    if (major >= least) return { subject, status: 'ok', text: `PostgreSQL ${version}` };
    return {
      subject,
      status: 'problem',
      text: `PostgreSQL ${version} is too old; ${use === 'state' ? 'the server' : 'a warehouse'} needs ${least} or later.`,
      fix: `Upgrade it, or point at one of version ${least}.`,
      code: 'POSTGRES_TOO_OLD',
    };
  } catch (thrown) {
    // The other databases are asked by checks of their own.
    if (use === 'warehouse') return { subject, status: 'ok', text: 'not asked for its version: it does not answer' };
    return {
      subject,
      status: 'problem',
      text: `The database that TOWPATH_DATABASE_URL names does not answer (${codeOf(thrown)}).`,
      fix: 'Look whether it runs, and whether host, port, database, user and password are right.',
      code: 'DATABASE_UNREACHABLE',
    };
  }
}

/** The driver's code, never its message. */
function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : 'no answer';
}
