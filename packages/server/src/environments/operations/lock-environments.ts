import { formatCanonicalJson, type KnownEnvironment } from '@towpath/core';
import type { Db } from '../../db/database.ts';

interface Row extends Omit<KnownEnvironment, 'declarationText' | 'hasRuns' | 'hasAgents'> {
  readonly position: number;
  readonly declaration: unknown;
  readonly has_runs: boolean;
  readonly has_agents: boolean;
}

const STATEMENT = `
select e.name, e.kind, e.project, e.position, e.declaration,
       (select true from runs r where r.environment = e.name limit 1) is not null
         or exists (select from promotions p where p.environment = e.name) as has_runs,
       (select true from agents a where a.environment = e.name limit 1) is not null as has_agents
from environments e
order by e.name
for no key update of e`;

/**
 * Locks every environment, in name order; runs that start wait as long. A few
 * times a day.
 */
export async function lockEnvironments(db: Db): Promise<readonly KnownEnvironment[]> {
  const { rows } = await db.query<Row>(STATEMENT);
  return rows.map(({ name, kind, project, position, declaration, has_runs, has_agents }) => ({
    name,
    kind,
    project,
    declarationText: formatDeclaration(position, declaration),
    hasRuns: has_runs,
    hasAgents: has_agents,
  }));
}

/** What is compared to find out whether something changed. */
export function formatDeclaration(position: number, declaration: unknown): string {
  return formatCanonicalJson({ position, declaration });
}
