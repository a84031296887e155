import type { VerdictView } from '@towpath/api';
import type { EnvironmentKind, GateName, PromotionFacts } from '@towpath/core';
import type { Db } from '../../db/database.ts';

/** A promotion as its gates judged it last. */
export interface JudgedPromotion {
  readonly id: string;
  readonly target: { readonly name: string; readonly kind: EnvironmentKind };
  readonly release: { readonly id: string; readonly project: string; readonly version: string };
  readonly gates: readonly GateName[];
  readonly verdicts: readonly VerdictView[];
  readonly judgedAt: string;
  /** Null: it was judged by a server that kept none. Those of an older server may lack some. */
  readonly facts: Partial<PromotionFacts> | null;
}

interface Row {
  readonly id: string;
  readonly environment: string;
  readonly kind: EnvironmentKind;
  readonly release_id: string;
  readonly project: string;
  readonly version: string;
  readonly gates: readonly GateName[];
  readonly verdicts: readonly VerdictView[];
  readonly judged_at: string;
  readonly facts: Partial<PromotionFacts> | null;
}

const STATEMENT = `
select p.id, p.environment, e.kind, p.release_id, l.project, l.version, p.plan->'gates' as gates, p.verdicts, p.judged_at, p.facts
from promotions p
join releases l on l.id = p.release_id
join environments e on e.name = p.environment
where p.kind = 'promotion' and p.judged_at is not null and p.id >= (select uuidv7(make_interval(secs => -$1::double precision)))
order by p.id desc
limit $2`;

/**
 * Promotions that were asked for in the last so many seconds (ids grow with time) and judged, newest first. Uses promotions_pkey;
 * locks nothing.
 */
export async function listJudged(db: Db, seconds: number, limit: number): Promise<readonly JudgedPromotion[]> {
  const { rows } = await db.query<Row>(STATEMENT, [seconds, limit]);
  return rows.map(({ id, environment, kind, release_id, project, version, judged_at, ...row }) => ({
    ...{ id, target: { name: environment, kind }, release: { id: release_id, project, version }, judgedAt: judged_at },
    ...{ gates: row.gates, verdicts: row.verdicts, facts: row.facts },
  }));
}
