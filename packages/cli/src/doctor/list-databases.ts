import { resolvePostgresPlace } from '@towpath/agent';
import type { ClientConfig } from 'pg';
import { findInstance } from '../instance/instance-record.ts';
import type { CheckSubject } from './check.ts';
import { findReachable } from './reachable-environment.ts';

/** A PostgreSQL that Towpath uses from here. */
export interface CheckedDatabase {
  readonly subject: string;
  /** `state` holds runs and logs, `warehouse` the data. */
  readonly use: 'state' | 'warehouse';
  readonly config: ClientConfig;
}

/** The state database that is named, the instance's own warehouse, the targets of the environment. Each once. */
export async function listDatabases(subject: CheckSubject): Promise<readonly CheckedDatabase[]> {
  const { variables, stateFolder } = subject;
  const { TOWPATH_DATABASE_URL: url } = variables;
  const state: CheckedDatabase[] = url
    ? [{ subject: 'state database', use: 'state', config: { connectionString: url } }]
    : [];
  const instance = findInstance(stateFolder)?.warehouse;
  const own: CheckedDatabase[] = instance ? [{ subject: 'warehouse', use: 'warehouse', config: instance }] : [];
  const all = [...state, ...own, ...(await listTargets(subject))];
  return [...new Map(all.map((one) => [placeOf(one), one])).values()];
}

async function listTargets(subject: CheckSubject): Promise<readonly CheckedDatabase[]> {
  const environment = findReachable(subject);
  if (environment === undefined) return [];
  const { agent, variables, secrets } = environment;
  const found = (agent?.targets ?? []).map(async (target): Promise<readonly CheckedDatabase[]> => {
    if (target.type !== 'postgres') return [];
    const config = await resolvePostgresPlace(target, variables, (text) => secrets.open().resolveText(text));
    return [{ subject: `target ${target.name}`, use: 'warehouse', config }];
  });
  // A place or a secret that can't be had is told by the checks of targets and of secrets.
  return (await Promise.all(found.map((one) => one.catch(() => [])))).flat();
}

function placeOf({ config: { connectionString, host, port, database } }: CheckedDatabase): string {
  return connectionString ?? `${host === 'localhost' ? '127.0.0.1' : host}:${port}/${database}`;
}
